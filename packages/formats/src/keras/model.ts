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
  /** An operation such as `a + b`, which Keras 3 keeps in the graph without a layer. */
  readonly isOperation: boolean;
}

/** A functional model; a sequential one is the chain that it stands for. */
export interface KerasModel {
  readonly name: string;
  readonly version: KerasVersion;
  readonly layers: readonly KerasLayer[];
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
