import { type OnnxAttribute, type OnnxNode, onnxType } from '../model.ts';
import type { OnnxTensorSource } from '../encode-model.ts';
import type { DeferredBytes } from '../wire-writer.ts';
import { plainBytes } from './permute.ts';

export type Attributes = Readonly<Record<string, OnnxAttribute>>;

export const integer = (value: number): OnnxAttribute => ({ kind: 'integer', value });
export const integers = (value: readonly number[]): OnnxAttribute => ({ kind: 'integers', value });
export const float = (value: number): OnnxAttribute => ({ kind: 'float', value });
export const text = (value: string): OnnxAttribute => ({ kind: 'text', value });

/** The nodes and initializers of a file in the making. All names of tensors are distinct, and each node is named after the tensor it makes. */
export class OnnxFile {
  readonly #nodes = new Map<string, OnnxNode>();
  readonly #initializers = new Map<string, OnnxTensorSource>();
  readonly #taken: Set<string>;

  /** `reserved` are the names that only `rename` gives. */
  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  get nodes(): readonly OnnxNode[] {
    return [...this.#nodes.values()];
  }

  get initializers(): readonly OnnxTensorSource[] {
    return [...this.#initializers.values()];
  }

  /** Adds a node and returns the name of the tensor that it makes: `name`, or something like it where that is taken. */
  node(name: string, operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#unused(name);
    this.#nodes.set(output, {
      name: output,
      operator,
      domain: '',
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return output;
  }

  /** Gives the tensor of the node that was added last, which nothing reads yet, its final name. */
  renameLast(tensor: string, name: string): void {
    const node = this.#nodes.get(tensor)!;
    this.#nodes.delete(tensor);
    this.#taken.delete(tensor);
    this.#nodes.set(name, { ...node, name, outputs: [name] });
  }

  /** Adds a weight once: `variant` tells two forms of the same weight apart, which get names of their own. */
  weight(name: string, variant: string, shape: readonly number[], raw: Uint8Array | DeferredBytes): string {
    return this.#initializer(name, `weight ${name} ${variant}`, { type: onnxType.float, shape, raw });
  }

  /** A vector of 64-bit integers, as ONNX wants shapes, axes and bounds. */
  integers(values: readonly number[], name = `integers_${values.join('_')}`): string {
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#initializer(name, `integers ${values.join()}`, {
      type: onnxType.int64,
      shape: [values.length],
      raw,
    });
  }

  /** A single float. */
  scalar(value: number): string {
    const label = Object.is(value, -0) ? '-0' : `${value}`;
    return this.#initializer(`float_${label}`, `float ${label}`, {
      type: onnxType.float,
      shape: [],
      raw: plainBytes(Float32Array.of(value)),
    });
  }

  #initializer(name: string, key: string, tensor: Omit<OnnxTensorSource, 'name'>): string {
    const known = this.#initializers.get(key);
    if (known !== undefined) return known.name;
    const unused = this.#unused(name);
    this.#initializers.set(key, { ...tensor, name: unused });
    return unused;
  }

  #unused(name: string): string {
    let candidate = name;
    for (let count = 2; this.#taken.has(candidate); count++) candidate = `${name}:${count}`;
    this.#taken.add(candidate);
    return candidate;
  }
}
