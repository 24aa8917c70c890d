import type { Digest, LoweredRate, NetworkData, TrainingSettings, Verdict } from '@espalier/core';

/** All that a training is given besides its task. */
export interface Training {
  readonly network: NetworkData;
  readonly settings: TrainingSettings;
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
  readonly epochs: number;
  readonly steps: number;
  /** Mean over the last epoch. */
  readonly trainingLoss: number;
  /** The step that `network` is of, and how it was judged: the last one, or with an early stop the best. */
  readonly keptStep: number;
  readonly validation: Verdict | null;
  /** Whether the training had to go back. */
  readonly lowered: LoweredRate | null;
}
