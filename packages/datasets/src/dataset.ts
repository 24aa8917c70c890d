import type { Digest, SplitName } from '@espalier/core';
import type { PictureFiles } from './pictures/files.ts';

/** [height, width, channels] of pictures, all of one shape. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** The class of each picture, counted from 0. */
export type Labels = Uint8Array | Uint16Array;

/** Labelled pictures in memory: `pixels` is [count, height, width, channels], one byte each; `labels` is [count]. */
export interface LabelledImages {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Labels;
}

/** Labelled pictures that stay where they lie, each decoded when it is its turn; `labels` is [count]. */
export interface LabelledFiles {
  readonly count: number;
  readonly files: PictureFiles;
  readonly labels: Labels;
}

export type StoredImages = LabelledImages | LabelledFiles;

/** What a reader of one format hands over. `shape` is that of the pictures as a network gets them. */
export interface StoredDataset {
  readonly digest: Digest;
  readonly shape: ImageShape;
  /** Pictures are brought to the height and width of `shape`, and could as well be to others. */
  readonly resized?: true;
  readonly classes: readonly string[];
  readonly training: StoredImages;
  /** Where the dataset itself sets pictures apart for validation; otherwise a share of the training pictures is held out. */
  readonly validation?: StoredImages;
  readonly test: StoredImages;
}

export interface DatasetInMemory extends StoredDataset {
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

/** A part of a dataset: `indices` are the members' places in `images`, ascending. */
export interface Split {
  readonly name: SplitName;
  readonly images: StoredImages;
  readonly indices: Uint32Array;
}

/**
 * Mean and standard deviation of each channel, pixels counted in [0, 1], over the stored training pictures. They depend on the dataset
 * alone, not on how much of it a recipe holds out, so that training and every later evaluation normalise alike.
 */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** A dataset ready for use: splits, and how its pixels become numbers. */
export interface Dataset {
  readonly digest: Digest;
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  readonly normalisation: Normalisation;
  readonly splits: Readonly<Record<SplitName, Split>>;
}

export const inMemory = (images: StoredImages): images is LabelledImages => 'pixels' in images;
