import type { Digest, SplitName } from '@espalier/core';

/** Pictures as they are stored: `pixels` is [count, height, width, channels], one byte each; `labels` is [count]. */
export interface LabelledImages {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** What a reader of one format hands over. `shape` is [height, width, channels]. */
export interface StoredDataset {
  readonly digest: Digest;
  readonly shape: readonly [number, number, number];
  readonly classes: readonly string[];
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

/** A part of a dataset: `indices` are the members' places in `images`, ascending. */
export interface Split {
  readonly name: SplitName;
  readonly images: LabelledImages;
  readonly indices: Uint32Array;
}

/**
 * Mean and standard deviation of each channel, pixels counted in [0, 1], over all stored training pictures. They depend on the dataset
 * alone, not on how much of it a recipe holds out, so that training and every later evaluation normalise alike.
 */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** A dataset ready for use: splits, and how its pixels become numbers. */
export interface Dataset {
  readonly digest: Digest;
  readonly shape: readonly [number, number, number];
  readonly classes: readonly string[];
  readonly normalisation: Normalisation;
  readonly splits: Readonly<Record<SplitName, Split>>;
}
