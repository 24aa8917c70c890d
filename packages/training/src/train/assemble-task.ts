import { createGenerator, EspalierError, type Generator, type NetworkData } from '@espalier/core';
import type { JobContext } from '../context.ts';
import type { ForwardPass } from '../steps/forward-pass.ts';
import type { TaskStep, TrainingTask, ValidationPass } from './task.ts';

/** @throws EspalierError `BAD_DATASET` for a training split without a picture. */
export function checkAnyToTrainOn({ indices }: { readonly indices: Uint32Array }): void {
  if (indices.length === 0)
    throw new EspalierError('BAD_DATASET', 'no picture is left to train on', { hint: 'Hold out less for validation.' });
}

/** What draws the order of a training's pictures, and how they are shown. */
export const streamGenerators = (seed: number): { readonly shuffle: Generator; readonly augment: Generator } => ({
  shuffle: createGenerator(seed, 'shuffle'),
  augment: createGenerator(seed, 'augment'),
});

export interface TaskParts<Batch extends { readonly count: number }> extends Pick<TrainingTask<Batch>, 'batches' | 'curvesOf'> {
  readonly step: TaskStep<Batch> & { dispose(): void };
  /** Null where no example is held out that could be judged by. */
  readonly openForward: () => ForwardPass | null;
  /** Begins to judge the weights that `forward` has. */
  readonly judge: (forward: ForwardPass) => ValidationPass;
}

/** Opens what a task judges by, and makes the task of it, which then owns it and the step. @throws JobStopped, with the step disposed of. */
export async function assembleTask<Batch extends { readonly count: number }>(
  { batches, step, curvesOf, openForward, judge }: TaskParts<Batch>,
  context: JobContext,
): Promise<TrainingTask<Batch>> {
  try {
    await context.breatheOrStop();
    const forward = openForward();
    const judgedWith = (pass: ForwardPass, weights: NetworkData['weights']): ValidationPass => {
      pass.write(weights.map(({ values }) => values));
      return judge(pass);
    };
    return {
      batches,
      step,
      curvesOf,
      validate: forward === null ? null : ({ weights }) => judgedWith(forward, weights),
      dispose() {
        forward?.dispose();
        step.dispose();
      },
    };
  } catch (error) {
    step.dispose();
    throw error;
  }
}
