import type { Digest, NetworkData, TrainingSettings, Verdict } from '@espalier/core';

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
  readonly steps: number;
  /** Mean loss of the last epoch, and what its network was judged. */
  readonly trainingLoss: number;
  readonly validation: Verdict | null;
}
