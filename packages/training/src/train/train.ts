import { EspalierError } from '@espalier/core';
import { CheckpointFolder } from '../checkpoint/folder.ts';
import type { JobContext } from '../context.ts';
import { evaluationBatchSize } from '../measure/evaluate.ts';
import { classification } from '../steps/classification.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { TrainingStep } from '../steps/training-step.ts';
import { TrainingRun } from './run.ts';
import type { Trained, Training } from './training.ts';

/**
 * Trains a network to the end, from its furthest checkpoint if there is one. The same training gives the same bytes, interrupted or not.
 * @throws JobStopped when told to stop, after writing a checkpoint; EspalierError `LOSS_NOT_FINITE`, `BAD_CHECKPOINT`, `BAD_DATASET`.
 */
export async function train(training: Training, context: JobContext): Promise<Trained> {
  const { network, dataset, settings, teacher, folder } = training;
  const { training: trainingSplit, validation } = dataset.splits;
  if (trainingSplit.indices.length === 0) {
    throw new EspalierError('BAD_DATASET', 'no picture is left to train on', { hint: 'Hold out less for validation.' });
  }
  const checkpoints = new CheckpointFolder(folder);
  const warn = (text: string): void => context.warn(text);
  const checkpoint = await checkpoints.furthest(training.identity, training.resumeFrom, warn);
  await context.breatheOrStop();
  const batchSize = Math.min(settings.batchSize, trainingSplit.indices.length);
  const objective = classification(settings);
  const step = new TrainingStep({ network, objective, settings, batchSize, imageShape: dataset.shape, teacher, warn });
  try {
    await context.breatheOrStop();
    const forward =
      validation.indices.length === 0
        ? null
        : new ForwardPass({ network, batchSize: evaluationBatchSize(validation), imageShape: dataset.shape, warn });
    try {
      const run = new TrainingRun(training, context, { step, forward, checkpoints });
      if (checkpoint !== null) {
        run.restore(checkpoint);
        context.info(`going on after step ${checkpoint.step}`);
      }
      return await run.toTheEnd();
    } finally {
      forward?.dispose();
    }
  } finally {
    step.dispose();
  }
}
