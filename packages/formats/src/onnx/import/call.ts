import type { EspalierError } from '@espalier/core';
import { firstNotFinite } from '../../layers-model/finite.ts';
import type { OnnxAttribute, OnnxNode } from '../proto.ts';
import { inLayerOrder } from './arrange.ts';
import type { Constant } from './constant.ts';
import { badNode, badValue, unsupportedNode } from './faults.ts';
import { placedShape, shapeOf, type View } from './view.ts';
import type { TensorValue, Value } from './value.ts';
import type { LayerWriter } from './writer.ts';

/** What an operator sees of the import: its node, its operands, and where it writes its layers. */
export interface ImportState {
  readonly opset: number;
  readonly batch: number;
  readonly writer: LayerWriter;
  readonly values: ReadonlyMap<string, Value>;
  readonly readers: ReadonlyMap<string, readonly (OnnxNode | null)[]>;
  readonly warn: (text: string) => void;
}

/** A picture tensor as a layer keeps it. */
export interface Picture {
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One node that is being read: typed access to operands and attributes, each complaint with the node's name in it. */
export class OperatorCall {
  readonly node: OnnxNode;
  readonly opset: number;
  readonly writer: LayerWriter;
  readonly #state: ImportState;

  constructor(node: OnnxNode, state: ImportState) {
    this.node = node;
    this.opset = state.opset;
    this.writer = state.writer;
    this.#state = state;
  }

  get batch(): number {
    return this.#state.batch;
  }

  /** What layers of this node are called: after the weights where those have a name that people gave, after the node otherwise. */
  get wish(): string {
    const { name, operator, inputs, outputs } = this.node;
    const weights = /^(.*)[./](?:weight|kernel|depthwise_kernel|gamma)$/.exec(inputs[1] ?? '')?.[1];
    if (weights !== undefined && !weights.includes('::')) return weights;
    return name !== '' ? name : `${operator}_${outputs[0] ?? ''}`;
  }

  unsupported(rule: string, hint: string): EspalierError {
    return unsupportedNode(this.node, this.opset, rule, hint);
  }

  bad(rule: string, hint?: string): EspalierError {
    return badNode(this.node, this.opset, rule, hint);
  }

  warn(text: string): void {
    this.#state.warn(text);
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== '';
  }

  value(index: number): Value {
    const name = this.node.inputs[index] ?? '';
    if (name === '') throw this.bad(`has no operand ${index}`);
    const value = this.#state.values.get(name);
    if (value === undefined) throw this.bad(`reads ${name}, an output that its maker does not have`);
    return value;
  }

  /** All operands. */
  operands(): Value[] {
    return this.node.inputs.map((_, index) => this.value(index));
  }

  tensor(index: number): TensorValue {
    const value = this.value(index);
    if (value.kind === 'constant')
      throw this.unsupported(`its operand ${value.name} does not depend on the network's input`, 'Fold constants before exporting.');
    return value;
  }

  constant(index: number): Constant {
    const value = this.value(index);
    if (value.kind === 'constant') return value;
    throw this.unsupported(
      `its operand ${this.node.inputs[index]} depends on the network's input, and has to be known beforehand`,
      'Export the network with fixed shapes, by tracing, with weights as initializers.',
    );
  }

  optionalConstant(index: number): Constant | null {
    return this.has(index) ? this.constant(index) : null;
  }

  /** The values of a float operand that become weights. */
  weights(index: number): Constant & { readonly values: Float32Array } {
    const constant = this.constant(index);
    const { values, name } = constant;
    if (!(values instanceof Float32Array))
      throw this.bad(`its weights ${name} are ${constant.type}s`, 'Export the network with float32 weights.');
    refuseNotFinite(name, values);
    return { ...constant, values };
  }

  /** The weights at operand `index` as a kernel of their own: layers here share none. */
  kernel(index: number): Constant & { readonly values: Float32Array } {
    const readers = this.readsOf(index);
    if (readers > 1)
      this.warn(`${this.node.inputs[index]} is read by ${readers} nodes; each of its layers has a copy of its own, trained apart`);
    return this.weights(index);
  }

  /** How often the value is read that stands at operand `index`, outputs of the graph included. */
  readsOf(index: number): number {
    return this.#state.readers.get(this.node.inputs[index] ?? '')?.length ?? 0;
  }

  /** The operators that read this node's first output; null is the graph's own output. */
  readerOperators(): (string | null)[] {
    return (this.#state.readers.get(this.node.outputs[0] ?? '') ?? []).map((reader) => reader?.operator ?? null);
  }

  // Attributes

  #attribute<Kind extends OnnxAttribute['kind']>(name: string, kind: Kind): Extract<OnnxAttribute, { kind: Kind }> | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind !== kind) throw this.bad(`its attribute ${name} should be ${kind}, and is ${attribute.kind}`);
    return attribute as Extract<OnnxAttribute, { kind: Kind }>;
  }

  integer(name: string, fallback: number): number {
    return this.#attribute(name, 'integer')?.value ?? fallback;
  }

  float(name: string, fallback: number): number {
    const value = this.#attribute(name, 'float')?.value ?? fallback;
    if (!Number.isFinite(value)) throw this.bad(`its attribute ${name} is ${value}`);
    return value;
  }

  text(name: string, fallback: string): string {
    return this.#attribute(name, 'text')?.value ?? fallback;
  }

  integers(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'integers')?.value;
  }

  /** Whole numbers that older operator sets keep as an attribute and newer ones as an operand. */
  integersAt(index: number, name: string): readonly number[] | undefined {
    return this.has(index) ? [...this.constant(index).values] : this.integers(name);
  }

  /** A scalar that older operator sets keep as an attribute and newer ones as an operand. */
  scalarAt(index: number, name: string, fallback: number): number {
    if (!this.has(index)) return this.#attribute(name, 'float')?.value ?? fallback;
    const { values } = this.constant(index);
    if (values.length !== 1) throw this.bad(`its operand ${this.node.inputs[index]} should be one number, and is ${values.length}`);
    return values[0]!;
  }

  /** An axis as an index from 0. Throws for one that a tensor with `rank` axes, batch included, does not have. */
  axis(axis: number, rank: number): number {
    const index = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(index) || index < 0 || index >= rank) throw this.bad(`its axis ${axis} is none of a tensor with ${rank} axes`);
    return index;
  }

  // Shapes and layers

  /** ONNX's shape of a value, batch included. */
  shape(value: Value): number[] {
    return value.kind === 'constant' ? [...value.shape] : [this.batch, ...shapeOf(value.view)];
  }

  /** The tensor at `index` as a picture [H, W, C]. */
  picture(index: number): Picture {
    const { view } = this.tensor(index);
    if (view.axes.length !== 3)
      throw this.unsupported(
        `reads a tensor of shape [N, ${shapeOf(view).join(', ')}]`,
        'Only networks for pictures [N, C, H, W] can be read here, neither sequences nor volumes.',
      );
    const arranged = inLayerOrder(this.writer, this.wish, view);
    const [height, width, channels] = placedShape(arranged) as [number, number, number];
    return { layer: arranged.layer, height, width, channels };
  }

  /** Writes a layer of this node and returns its name. */
  add(...[type, inputs, shape, config, weights]: TailOf<Parameters<LayerWriter['add']>>): string {
    return this.writer.add(this.wish, type, inputs, shape, config, weights);
  }

  /** A value that a layer of this node has made. */
  made(view: View, facts: Partial<Pick<TensorValue, 'nonNegative' | 'gateOf'>> = {}): TensorValue {
    return { kind: 'tensor', nonNegative: false, ...facts, view, exclusive: true };
  }

  /** The operand at `index` under another view: no layer is written. */
  passed(index: number, view?: View): TensorValue {
    const value = this.tensor(index);
    return {
      kind: 'tensor',
      view: view ?? value.view,
      nonNegative: value.nonNegative,
      exclusive: value.exclusive && this.readsOf(index) === 1,
    };
  }
}

type TailOf<List extends readonly unknown[]> = List extends [unknown, ...infer Tail] ? Tail : never;

/** Weights that are not numbers would spread through every answer without a word. */
export function refuseNotFinite(name: string, values: Float32Array): void {
  const place = firstNotFinite(values);
  if (place === null) return;
  throw badValue(
    name,
    `holds ${values[place]} at place ${place}`,
    'Train again from a checkpoint before the numbers were lost, or mend the weights.',
  );
}
