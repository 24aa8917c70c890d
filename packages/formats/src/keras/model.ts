import type { InboundTensor } from '@espalier/core';

/** Keras 2 and 3 write their configs differently, and mean different functions by a few names. */
export type KerasVersion = 2 | 3;

/** A layer as Keras names and sets it, whichever dialect its file speaks. */
export interface KerasLayer {
  readonly type: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What each call of it reads. */
  readonly inbound: readonly (readonly InboundTensor[])[];
  /** What it reads besides: numbers in the place of tensors, as in `x + 3`. */
  readonly constants?: readonly unknown[];
  /** An operation such as `a + b`, which Keras 3 keeps in the graph without a layer. */
  readonly isOperation: boolean;
}

/** A layer out of a file, and where the file keeps its variables. */
export interface StoredLayer extends KerasLayer {
  readonly stored: {
    /** Its name in the file: another than here where a layer of an inner model has the same. */
    readonly name: string;
    /** The layer of the outermost model that it is, or is inside of: a group of an `.h5` file. */
    readonly group: string;
    /** Whether it is a layer of a model inside the model. */
    readonly isInside: boolean;
    /** Its group in `model.weights.h5` of a `.keras` file, as far as types and places tell. */
    readonly variables: string;
  };
}

/** A functional model; a sequential one is the chain that it stands for, and a model inside is the layers that it stands for. */
export interface KerasModel<Layer extends KerasLayer = KerasLayer> {
  readonly name: string;
  readonly version: KerasVersion;
  readonly layers: readonly Layer[];
  readonly inputs: readonly [string, number, number][];
  readonly outputs: readonly [string, number, number][];
}

/** A variable of a layer, as the file keeps it. */
export interface KerasWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The variables of a layer in the order in which Keras makes them. */
export type LayerWeights = readonly KerasWeight[];
