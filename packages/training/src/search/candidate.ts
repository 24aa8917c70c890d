import { EspalierError, TrainingSettingsSchema, type Digest, type FitnessSettings, type NetworkData } from '@espalier/core';
import type { Dataset, DetectionDataset } from '@espalier/datasets';
import type { KeepLists } from '@espalier/network';
import type { Training } from '../train/training.ts';
import type { CalibrationPictures } from './recalibrate.ts';

/** A candidate of a search, with all that decides what it is worth. */
export interface FitnessRequest {
  readonly network: NetworkData;
  readonly plan: KeepLists;
  /** Of scenes for a detector. */
  readonly dataset: Dataset | DetectionDataset;
  readonly settings: FitnessSettings;
  readonly seed: number;
  /** An empty folder for the checkpoints of a training. */
  readonly folder: string;
  /** The digest of all that decides the answer, for checkpoints. */
  readonly identity: Digest;
}

/** What a candidate keeps. A plan that leaves every group whole is refused as a result, but in a search it is a candidate like any other: it names no group. */
export function planOfCandidate(makePlan: () => KeepLists): KeepLists {
  try {
    return makePlan();
  } catch (error) {
    if (error instanceof EspalierError && error.code === 'NOTHING_PRUNED') return { keep: {} };
    throw error;
  }
}

/** What a candidate goes through, by what its network is to do. */
export interface Trial {
  /** Training pictures for its batch normalisations. */
  readonly calibration: CalibrationPictures;
  /** Pictures whose maps fit into memory at once, whatever the settings ask for. */
  readonly largestBatch: number;
  /** The candidate after the short training that its settings ask for. */
  trained(candidate: NetworkData): Promise<NetworkData>;
  /** What it is worth on held-out pictures, in [0, 1]; 0 where it gives no numbers, so that the search goes on. */
  worthOf(candidate: NetworkData): Promise<number>;
}

/** The short training of a candidate, on pictures as they are: a few epochs are too few to learn from augmented ones. */
export function shortTraining(
  network: NetworkData,
  { settings: { epochs, batchSize, learningRate }, seed, folder, identity }: Omit<FitnessRequest, 'dataset'>,
): Training {
  const sceneAugmentation = { photometricDistortion: false, largestExpansion: 1, overlapCrop: false, horizontalFlip: false };
  const settings = TrainingSettingsSchema.parse({ epochs, batchSize, learningRate, sceneAugmentation });
  return { network, settings, seed, series: 'candidate', folder, checkpointEverySeconds: 60, resumeFrom: null, identity };
}
