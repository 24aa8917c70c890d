import type { Database } from '@espalier/database';
import type { Storage } from '@espalier/storage';
import type { TrainerCommand } from './trainer-process.ts';

/** What the light activities work with. */
export interface RecordDependencies {
  readonly pool: Database['pool'];
  readonly storage: Storage;
}

/** What the trainer activities work with. */
export interface TrainerDependencies extends RecordDependencies {
  readonly trainer: TrainerCommand;
  /** Scratch of this worker alone: inputs and outputs of the job that is going on. */
  readonly workDirectory: string;
  /** Datasets named in place must lie below one of these folders. */
  readonly dataRoots: readonly string[];
  readonly limits?: Partial<TrainerLimits>;
}

export interface TrainerLimits {
  readonly heartbeatEveryMs: number;
  readonly reportEveryMs: number;
  /** How long a cancelled trainer may take to end. */
  readonly cancelGraceMs: number;
  /** The same when the worker itself is told to end: shorter, because it has to be gone in eight seconds. */
  readonly shutdownGraceMs: number;
  /** Far above the five seconds in which a trainer promises a word: a machine may be busy. */
  readonly silenceLimitMs: number;
  /** How long the work may be within one call: the first step on a GPU may compile for minutes, and so may a step on a slow machine take. */
  readonly stuckLimitMs: number;
}

export const defaultLimits: TrainerLimits = {
  heartbeatEveryMs: 1000,
  reportEveryMs: 500,
  cancelGraceMs: 10_000,
  shutdownGraceMs: 5000,
  silenceLimitMs: 180_000,
  stuckLimitMs: 1_800_000,
};
