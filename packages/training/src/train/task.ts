import type { NetworkData, Verdict } from '@espalier/core';
import type { BatchPosition } from '@espalier/datasets';
import type { Tally } from '../checkpoint/format.ts';
import type { StepOutcome } from '../steps/training-step.ts';

/** Batches without end, in an order that follows from seeds and the position alone. `BatchStream` and `SceneStream` are two. */
export interface BatchSource<Batch> {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** The position before the next batch: a part of every checkpoint. */
  readonly position: BatchPosition;
  next(): Promise<Batch>;
  seek(position: BatchPosition): void;
}

/** One optimiser step on one batch, with all that changes by it. `TrainingStep` is one. */
export interface TaskStep<Batch> {
  /** What `read` gives and `write` takes. */
  readonly variableNames: readonly string[];
  /** @param step counted from 1. */
  run(batch: Batch, learningRate: number, step: number): StepOutcome;
  read(): Float32Array[];
  write(values: readonly Float32Array[]): void;
  /** Of what `read` gives, the weights of the network to keep, in its order. */
  keptWeights(values: readonly Float32Array[]): readonly Float32Array[];
}

/** The judging of one network, piece by piece, so that its owner can breathe in between. */
export interface ValidationPass {
  /** False when nothing was left. */
  advance(): Promise<boolean>;
  verdict(): Verdict;
}

/** What a training run trains for. The run itself knows neither pictures nor classes nor boxes. */
export interface TrainingTask<Batch extends { readonly count: number }> {
  readonly batches: BatchSource<Batch>;
  readonly step: TaskStep<Batch>;
  /** What is told of a stretch of steps besides their loss, by name of the series: `accuracy` from the sum `correct`. */
  curvesOf(tally: Tally): Readonly<Record<string, number>>;
  /** Null where no example is held out. */
  readonly validate: ((network: NetworkData) => ValidationPass) | null;
  dispose(): void;
}
