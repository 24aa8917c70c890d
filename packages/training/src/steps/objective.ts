import type { tf } from '@espalier/tensor';

/** What every batch brings. `images` is [batch, height, width, channels]. */
export interface Pictures {
  readonly images: Float32Array;
  /** Which pictures these are: their places in what the dataset stores. Only asked for by steps that know more of the pictures than they see. */
  readonly examples?: Uint32Array;
}

/** A tensor that a step is fed with besides the pictures: its whole shape, with the batch in front. */
export interface TargetShape {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

export type Targets = Readonly<Record<string, tf.Tensor>>;

/** A loss, and numbers that go with it. All are scalars. */
export interface Judgement {
  /** Mean over the batch. The measures get no gradient. */
  readonly loss: tf.Scalar;
  readonly measures: Readonly<Record<string, tf.Scalar>>;
}

/**
 * What a training step learns from: what a batch brings besides its pictures, and how far the network's outputs are from it. `Batch` is what a stream
 * of such batches gives.
 */
export interface Objective<Batch extends Pictures> {
  /** What a batch of so many pictures is brought into, by name. `images` and the names of an optimizer's scalars are taken. */
  targetShapes(batchSize: number): Readonly<Record<string, TargetShape>>;
  /** The values of one batch, by the same names. */
  targetsOf(batch: Batch): Readonly<Record<string, Float32Array | Int32Array>>;
  /**
   * Judges what the network gives out for a batch: `outputs` are its outputs in their order, each with the batch in front. It is run within the tape
   * of a step that is recorded once, so no value may be read in it.
   */
  judge(outputs: readonly tf.Tensor[], targets: Targets): Judgement;
}
