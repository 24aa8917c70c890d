import { exampleShapes, type Comparison } from './example.ts';
import type { Pictures } from './objective.ts';

const bytesPerNumber = 4;

/** So many bytes is what a teacher makes of `count` pictures. */
export function memoryBytes(comparison: Comparison, count: number): number {
  const shapes = Object.values(exampleShapes(comparison, count));
  return bytesPerNumber * shapes.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

interface Kept {
  readonly name: string;
  /** How many numbers one picture has. */
  readonly length: number;
  /** A row for each picture. */
  readonly values: Float32Array;
}

/** What a teacher made of pictures, by their places in what the dataset stores. */
export class TeacherMemory {
  readonly #rows = new Map<number, number>();
  readonly #kept: readonly Kept[];

  /** @param examples the pictures to be remembered. */
  constructor(comparison: Comparison, examples: Uint32Array) {
    examples.forEach((example, row) => this.#rows.set(example, row));
    this.#kept = Object.entries(exampleShapes(comparison, 1)).map(([name, { shape }]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return { name, length, values: new Float32Array(examples.length * length) };
    });
  }

  /** @param seen of each part of an example, a row for each of `examples` and perhaps padding behind them. */
  keep(examples: Uint32Array, seen: Readonly<Record<string, Float32Array>>): void {
    for (const { name, length, values } of this.#kept) {
      examples.forEach((example, place) =>
        values.set(seen[name]!.subarray(place * length, (place + 1) * length), this.#rowOf(example) * length),
      );
    }
  }

  /** The example for a batch, by name. */
  recall({ examples }: Pick<Pictures, 'examples'>): Record<string, Float32Array> {
    if (examples === undefined) throw new Error('a batch does not say which pictures it shows');
    const recalled = this.#kept.map(({ name, length, values }) => {
      const rows = new Float32Array(examples.length * length);
      examples.forEach((example, place) => {
        const row = this.#rowOf(example);
        rows.set(values.subarray(row * length, (row + 1) * length), place * length);
      });
      return [name, rows] as const;
    });
    return Object.fromEntries(recalled);
  }

  #rowOf(example: number): number {
    const row = this.#rows.get(example);
    if (row === undefined) throw new Error(`the teacher has not looked at picture ${example}`);
    return row;
  }
}
