import { EspalierError, type Weight } from '@espalier/core';
import { elementCount, type GraphNode, type Shape } from '@espalier/network';
import type { DeferredBytes } from '../wire-writer.ts';
import { type Attributes, integers, type OnnxFile } from './onnx-file.ts';
import { permutedBytes, plainBytes } from './permute.ts';

/**
 * A tensor in the file and its shape for one picture in Espalier's order, channels last. In the file a tensor of three axes is a feature map
 * with its channels first, [batch, C, H, W]; every other has its axes as Espalier has them.
 */
export interface FileTensor {
  readonly name: string;
  readonly shape: Shape;
}

/** The axis of the channels in the file, the batch being axis 0. */
export const channelAxis = (shape: Shape): number => (shape.length === 3 ? 1 : shape.length);

/** The shape in the file without the batch. */
export const fileShape = (shape: Shape): Shape => (shape.length === 3 ? [shape[2]!, shape[0]!, shape[1]!] : shape);

/** Whether the flat order of the numbers is another one with channels first than with channels last. */
export const orderDiffers = (shape: Shape): boolean => shape.length === 3 && shape[2] !== 1 && elementCount(shape) !== shape[2];

/** What is decided about a layer by what comes before and after it; see `surroundings.ts`. */
export interface LayerSurroundings {
  /** Zeros around the picture, [[top, bottom], [left, right]], that this convolution takes over from the padding before it. */
  readonly padding?: readonly [readonly [number, number], readonly [number, number]];
  /** The feature map whose numbers, channels first, are the vector that this layer reads. */
  readonly flattenedFrom?: Shape;
  /** This layer's only task has been taken over by those that read it. */
  readonly passesThrough?: boolean;
  /** This layer flattens a feature map channels first, as those that read it expect. */
  readonly channelsFirst?: boolean;
}

/** In a target shape: as many as there were. */
const anyBatch = 0;

/** One call of a layer on its way into the file. Its methods add nodes named `layer/part`. */
export class LayerExport {
  readonly #weights: ReadonlyMap<string, Weight>;

  constructor(
    readonly node: GraphNode,
    readonly inputs: readonly FileTensor[],
    readonly surroundings: LayerSurroundings,
    readonly file: OnnxFile,
    weights: ReadonlyMap<string, Weight>,
  ) {
    this.#weights = weights;
  }

  /** The one input of a layer that has one. */
  get input(): FileTensor {
    return this.inputs[0]!;
  }

  add(operator: string, inputs: readonly string[], attributes?: Attributes, part = operator.toLowerCase()): string {
    return this.file.node(`${this.node.layer}/${part}`, operator, inputs, attributes);
  }

  /** The weight's values; undefined where the layer has none in this role. */
  weight(role: string): Weight | undefined {
    return this.#weights.get(`${this.node.layer}/${role}`);
  }

  /** A weight in the file, in the shape given, with other values or an order of its own under the name `variant`. */
  initializer(role: string, shape: Shape, raw: Uint8Array | DeferredBytes, variant = ''): string {
    return this.file.weight(`${this.node.layer}/${role}`, variant, shape, raw);
  }

  /** A vector with one value for each channel, as it is. */
  vector(role: string): string | undefined {
    const weight = this.weight(role);
    return weight && this.initializer(role, weight.shape, plainBytes(weight.values));
  }

  /** A weight of `shape` with its axes in the order `axes`; `inFile` is the shape it gets there, where that is another one. */
  permuted(role: string, shape: Shape, axes: readonly number[], inFile: Shape = axes.map((axis) => shape[axis]!)): string {
    const raw = permutedBytes(this.weight(role)!.values, shape, axes);
    return this.initializer(role, inFile, raw, `${shape.join('x')} by ${axes.join()}`);
  }

  transpose(tensor: string, axes: readonly number[], part?: string): string {
    return this.add('Transpose', [tensor], { perm: integers([0, ...axes.map((axis) => axis + 1)]) }, part);
  }

  /** `shape` is that in the file, without the batch. */
  reshape(tensor: string, shape: Shape, part?: string): string {
    return this.add('Reshape', [tensor, this.file.integers([anyBatch, ...shape])], {}, part);
  }

  /** The numbers of a tensor in the order that they have with channels last. */
  channelsLast({ name, shape }: FileTensor): string {
    return orderDiffers(shape) ? this.transpose(name, [1, 2, 0], 'channels_last') : name;
  }

  refuse(message: string, hint: string): EspalierError {
    return new EspalierError('UNSUPPORTED_LAYER', `layer ${this.node.layer}: ${message}, which is not written to ONNX`, {
      hint,
      path: ['layers', this.node.layer],
    });
  }

  /** A setting that is a number, finite. */
  number(key: string, fallback: number): number {
    const value = this.node.config[key] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.refuse(`${key} is ${JSON.stringify(value)}`, `Give ${key} as a number.`);
  }
}

/** Adds the nodes of one call and returns the tensor that they make, in the order of axes that `FileTensor` says. */
export type LayerExporter = (layer: LayerExport) => string;
