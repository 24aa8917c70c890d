import type { Digest, SplitName } from '@espalier/core';
import type { ImageShape, Normalisation } from '../dataset.ts';
import type { PictureFiles } from '../pictures/files.ts';
import type { LabelledBox } from './box.ts';

/** Pictures in files with the objects in each. */
export interface Scenes {
  readonly count: number;
  readonly files: PictureFiles;
  /** Of each picture, in its own pixels. */
  readonly boxes: readonly (readonly LabelledBox[])[];
}

/** What a reader of a detection layout hands over. `shape` is that of the pictures as a network gets them; classes do not count the background. */
export interface StoredScenes {
  readonly digest: Digest;
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  readonly training: Scenes;
  readonly test: Scenes;
}

/** A part of a detection dataset: `indices` are the members' places in `scenes`, ascending. */
export interface SceneSplit {
  readonly name: SplitName;
  readonly scenes: Scenes;
  readonly indices: Uint32Array;
}

/** A detection dataset ready for use. */
export interface DetectionDataset {
  readonly digest: Digest;
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  readonly normalisation: Normalisation;
  readonly splits: Readonly<Record<SplitName, SceneSplit>>;
}
