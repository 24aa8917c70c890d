import { EspalierError } from '@espalier/core';
import { CheckpointFolder } from '../checkpoint/folder.ts';
import type { JobContext } from '../context.ts';
import { classificationTask, type Lessons } from './classification-task.ts';
import { TrainingRun } from './run.ts';
import type { TrainingTask } from './task.ts';
import type { Trained, Training } from './training.ts';

/**
 * Trains a classifier to the end, from its furthest checkpoint if there is one. The same training gives the same bytes, interrupted or not.
 * @throws JobStopped when told to stop, after writing a checkpoint; EspalierError `LOSS_NOT_FINITE`, `BAD_CHECKPOINT`, `BAD_DATASET`.
 */
export const train = (training: Training & Lessons, context: JobContext): Promise<Trained> =>
  trainFor(training, () => classificationTask(training, context), context);

/** The same for any task; it is opened once it is known where the training goes on, and disposed of in the end. */
export async function trainFor<Batch extends { readonly count: number }>(
  training: Training,
  open: () => Promise<TrainingTask<Batch>>,
  context: JobContext,
): Promise<Trained> {
  const checkpoints = new CheckpointFolder(training.folder);
  const checkpoint = await checkpoints.furthest(training.identity, training.resumeFrom, (text) => context.warn(text));
  await context.breatheOrStop();
  const task = await open();
  try {
    if (training.settings.earlyStop !== null && task.validate === null) {
      throw new EspalierError('BAD_RECIPE', 'there is no early stop without examples that are held out', {
        hint: 'Raise validationRatio, or leave earlyStop out.',
        path: ['training', 'earlyStop'],
      });
    }
    const run = new TrainingRun(training, context, { task, checkpoints });
    if (checkpoint !== null) {
      run.restore(checkpoint);
      context.info(`going on after step ${checkpoint.step}`);
    }
    return await run.toTheEnd();
  } finally {
    task.dispose();
  }
}
