import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError, type Digest, type OutputFile } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './format.ts';

/** The newest may turn out damaged, so the one before it is kept as well. */
const keptCount = 2;
const namePattern = /^checkpoint-(?<step>\d+)(?<lowered>-lowered)?\.bin$/;
/** What `writeFileAtomically` leaves when the process dies in the middle of it. */
const unfinishedPattern = /^\.checkpoint-\d+(-lowered)?\.bin\.\d+\.part$/;

/** Those of a training that went back have a mark: it comes to steps that have a checkpoint already, which somebody may be reading. */
const nameOf = ({ step, lowered }: Checkpoint): string =>
  `checkpoint-${String(step).padStart(9, '0')}${lowered === null ? '' : '-lowered'}.bin`;

/** The checkpoints of one training, in the folder that its job was given. */
export class CheckpointFolder {
  readonly #folder: string;
  /** Checkpoints of another job that lie here: not to go on from, and in the way once this one has its own. */
  readonly #foreign = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async save(checkpoint: Checkpoint): Promise<OutputFile> {
    const file = path.join(this.#folder, nameOf(checkpoint));
    this.#foreign.delete(file);
    let digest: Digest = '';
    let bytes = 0;
    await writeFileAtomically(
      file,
      (function* pieces() {
        const encoding = encodeCheckpoint(checkpoint);
        for (;;) {
          const { done, value } = encoding.next();
          if (done === true) {
            digest = value;
            return;
          }
          bytes += value.length;
          yield value;
        }
      })(),
    );
    return { name: 'checkpoint', path: file, kind: 'checkpoint', digest, bytes };
  }

  /** Deletes all but the newest two, and those of another job. Called when the newest has been announced. */
  async sweep(): Promise<void> {
    const own = (await this.#newestFirst()).filter((file) => !this.#foreign.has(file));
    await remove([...this.#foreign, ...own.slice(keptCount)]);
    this.#foreign.clear();
  }

  /**
   * The furthest good checkpoint of `job` among `given`, if any, and the folder's own. Damaged ones are passed over, each told to `warn`. What a killed process
   * left half written is deleted before anything is written: it may take the very room that the next one needs.
   * @throws EspalierError `BAD_CHECKPOINT` when `given` is whole but belongs to another job: going on from it would be wrong, and starting
   * anew not what was asked for.
   */
  async furthest(job: Digest, given: string | null, warn: (text: string) => void): Promise<Checkpoint | null> {
    const unfinished = (await readdir(this.#folder)).filter((name) => unfinishedPattern.test(name));
    await remove(unfinished.map((name) => path.join(this.#folder, name)));
    const candidates: Checkpoint[] = [];
    if (given !== null) {
      const checkpoint = await readOrWarn(given, warn);
      if (checkpoint !== null && checkpoint.job !== job) {
        throw new EspalierError('BAD_CHECKPOINT', `the checkpoint ${given} was made by another job`, {
          hint: 'Other settings, seed, dataset or networks make another training: start it without a checkpoint.',
        });
      }
      if (checkpoint !== null) candidates.push(checkpoint);
    }
    for (const file of await this.#newestFirst()) {
      const checkpoint = await readOrWarn(file, warn);
      if (checkpoint === null) continue;
      if (checkpoint.job === job) {
        candidates.push(checkpoint);
        break;
      }
      this.#foreign.add(file);
      warn(`passed over the checkpoint ${file}: it was made with other settings, another seed, dataset or network`);
    }
    return candidates.reduce<Checkpoint | null>((best, next) => (best === null || isFurther(next, best) ? next : best), null);
  }

  /** As `isFurther` orders them. */
  async #newestFirst(): Promise<string[]> {
    const found = (await readdir(this.#folder)).flatMap((name) => {
      const parts = namePattern.exec(name)?.groups;
      return parts === undefined ? [] : [{ name, step: Number(parts['step']), isLowered: parts['lowered'] !== undefined }];
    });
    found.sort((a, b) => Number(b.isLowered) - Number(a.isLowered) || b.step - a.step);
    return found.map(({ name }) => path.join(this.#folder, name));
  }
}

const remove = (files: readonly string[]): Promise<unknown> => Promise.all(files.map((file) => rm(file, { force: true })));

/** A training that went back has a smaller step, but has come further. */
const isFurther = (one: Checkpoint, other: Checkpoint): boolean =>
  (one.lowered === null) === (other.lowered === null) ? one.step > other.step : one.lowered !== null;

async function readOrWarn(file: string, warn: (text: string) => void): Promise<Checkpoint | null> {
  try {
    return decodeCheckpoint(await readFile(file), file);
  } catch (error) {
    const isExpected = error instanceof EspalierError || (error instanceof Error && 'code' in error && error.code === 'ENOENT');
    if (!isExpected) throw error;
    warn(`passed over a checkpoint: ${error.message}`);
    return null;
  }
}
