import type { DistillationSettings, NetworkData } from '@espalier/core';
import { BatchStream, type Batch, type Dataset } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { Evaluation, evaluationBatchSize } from '../measure/evaluate.ts';
import { classification } from '../steps/classification.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { TrainingStep } from '../steps/training-step.ts';
import { assembleTask, checkAnyToTrainOn, streamGenerators } from './assemble-task.ts';
import { rememberTeacher } from './remember-teacher.ts';
import type { TrainingTask, ValidationPass } from './task.ts';
import type { Training } from './training.ts';

/** What a classifier learns from. */
export interface Lessons {
  readonly dataset: Dataset;
  /** With a teacher the network is distilled, without one it learns from the labels alone. */
  readonly teacher: {
    readonly network: NetworkData;
    readonly settings: DistillationSettings;
    /** How much of what the teacher makes of the pictures may be remembered, so that it need not look again; left out: 256 MiB. */
    readonly memoryMiB?: number | undefined;
  } | null;
}

/**
 * Learning to name the class of a picture, judged by top-1 accuracy on the validation split.
 * @throws EspalierError `BAD_DATASET` where nothing is left to train on; JobStopped.
 */
export async function classificationTask(
  { network, settings, seed, dataset, teacher }: Pick<Training, 'network' | 'settings' | 'seed'> & Lessons,
  context: JobContext,
): Promise<TrainingTask<Batch>> {
  const { training, validation } = dataset.splits;
  checkAnyToTrainOn(training);
  const warn = (text: string): void => context.warn(text);
  const imageShape = dataset.shape;
  const batches = new BatchStream(dataset, training, {
    batchSize: settings.batchSize,
    ...streamGenerators(seed),
    augmentation: settings.augmentation,
  });
  const memory =
    teacher === null ? null : await rememberTeacher({ teacher, network, settings, dataset, batchSize: batches.batchSize }, context);
  const step = new TrainingStep({
    network,
    objective: classification(settings),
    settings,
    batchSize: batches.batchSize,
    seed,
    imageShape,
    teacher: teacher === null ? null : { ...teacher, memory },
    warn,
  });
  return assembleTask<Batch>(
    {
      batches,
      step,
      curvesOf: ({ measures, examples }) => ({ accuracy: (measures['correct'] ?? 0) / examples }),
      openForward: () =>
        validation.indices.length === 0 ? null : new ForwardPass({ network, batchSize: evaluationBatchSize(validation), imageShape, warn }),
      judge: (forward) => judgement(new Evaluation(forward, dataset, validation)),
    },
    context,
  );
}

const judgement = (evaluation: Evaluation): ValidationPass => ({
  advance: () => evaluation.advance(),
  verdict() {
    const { accuracy, top5, loss } = evaluation.score();
    return { measure: 'accuracy', value: accuracy, others: { loss, ...(top5 === undefined ? {} : { top5 }) } };
  },
});
