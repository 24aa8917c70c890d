import type { Digest, DistillationSettings, NetworkData, TrainingSettings } from '@espalier/core';
import type { Dataset } from '@espalier/datasets';

/** All that a training is given. */
export interface Training {
  readonly network: NetworkData;
  readonly dataset: Dataset;
  readonly settings: TrainingSettings;
  /** With a teacher the network is distilled, without one it learns from the labels alone. */
  readonly teacher: { readonly network: NetworkData; readonly settings: DistillationSettings } | null;
  readonly seed: number;
  /** Prefix of every series. */
  readonly series: string;
  /** Where the checkpoints go. */
  readonly folder: string;
  readonly checkpointEverySeconds: number;
  readonly resumeFrom: string | null;
  /** Digest of all that decides what is computed: checkpoints of another one are not taken. */
  readonly identity: Digest;
}

export interface Trained {
  readonly network: NetworkData;
  readonly steps: number;
  /** Mean loss and accuracy of the last epoch. */
  readonly trainingLoss: number;
  readonly validationAccuracy: number | null;
}
