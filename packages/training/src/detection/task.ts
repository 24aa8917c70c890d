import { EspalierError, SceneAugmentationSchema } from '@espalier/core';
import { SceneStream, type DetectionDataset, type SceneBatch } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { TrainingStep } from '../steps/training-step.ts';
import { assembleTask, checkAnyToTrainOn, streamGenerators } from '../train/assemble-task.ts';
import type { TrainingTask, ValidationPass } from '../train/task.ts';
import type { Training } from '../train/training.ts';
import { DetectionEvaluation } from './evaluate/evaluation.ts';
import { detectionHeads } from './heads.ts';
import { detection } from './objective.ts';
import { hasObjects, sceneBatchSize } from './scenes.ts';

/**
 * Learning to find the objects in pictures, judged by mean average precision on the validation split: by VOC 2007's definition, which the area under the curve goes with.
 * @throws EspalierError `BAD_DATASET` where nothing is left to train on, `BAD_RECIPE` for label smoothing; JobStopped.
 */
export async function detectionTask(
  { network, settings, seed }: Pick<Training, 'network' | 'settings' | 'seed'>,
  dataset: DetectionDataset,
  context: JobContext,
): Promise<TrainingTask<SceneBatch>> {
  const { training, validation } = dataset.splits;
  checkAnyToTrainOn(training);
  if (settings.labelSmoothing > 0) {
    throw new EspalierError('BAD_RECIPE', 'the loss of a detector has no label smoothing', {
      hint: 'Set labelSmoothing to 0.',
      path: ['training', 'labelSmoothing'],
    });
  }
  const warn = (text: string): void => context.warn(text);
  const imageShape = dataset.shape;
  const batches = new SceneStream(dataset, training, {
    batchSize: settings.batchSize,
    ...streamGenerators(seed),
    augmentation: settings.sceneAugmentation ?? SceneAugmentationSchema.parse({}),
  });
  const step = new TrainingStep({
    network,
    objective: detection(detectionHeads(network.topology)),
    settings,
    batchSize: batches.batchSize,
    seed,
    imageShape,
    teacher: null,
    warn,
  });
  return assembleTask<SceneBatch>(
    {
      batches,
      step,
      curvesOf: ({ measures, steps }) => ({
        confidence: (measures['confidence'] ?? 0) / steps,
        localisation: (measures['localisation'] ?? 0) / steps,
      }),
      openForward: () =>
        hasObjects(validation) ? new ForwardPass({ network, batchSize: sceneBatchSize(validation), imageShape, warn }) : null,
      judge: (forward) => judgement(new DetectionEvaluation(forward, network, dataset, validation)),
    },
    context,
  );
}

const judgement = (evaluation: DetectionEvaluation): ValidationPass => ({
  advance: () => evaluation.advance(),
  verdict() {
    const { voc07, area } = evaluation.score().meanAveragePrecision!;
    return { measure: 'mean-average-precision', value: voc07, others: { 'mean-average-precision-area': area } };
  },
});
