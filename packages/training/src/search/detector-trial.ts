import { EspalierError } from '@espalier/core';
import { sceneSubset, type DetectionDataset } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { DetectionEvaluation } from '../detection/evaluate/evaluation.ts';
import { hasObjects, largestSceneBatch, sceneBatchSize } from '../detection/scenes.ts';
import { detectionTask } from '../detection/task.ts';
import { sceneExamples } from '../observe/examples.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { trainFor } from '../train/train.ts';
import { shortTraining, type FitnessRequest, type Trial } from './candidate.ts';

/**
 * A detector is worth its mean average precision by eleven points (VOC 2007): what its training is judged by.
 * @throws EspalierError BAD_DATASET where the held-out scenes show nothing that counts, BAD_RECIPE for settings of classifiers.
 */
export function detectorTrial(request: FitnessRequest & { readonly dataset: DetectionDataset }, context: JobContext): Trial {
  const { dataset, network, settings } = request;
  if (settings.topK !== 1) throw noLikeliest();
  const subset = sceneSubset(dataset, dataset.splits.validation, settings.images);
  if (!hasObjects(subset)) throw nothingToFind();
  return {
    calibration: sceneExamples(network, dataset, settings.recalibrationImages),
    largestBatch: largestSceneBatch,
    async trained(candidate) {
      const training = shortTraining(candidate, request);
      const quiet = context.quietly();
      return (await trainFor(training, () => detectionTask(training, dataset, quiet), quiet)).network;
    },
    async worthOf(candidate) {
      const warn = (text: string): void => context.warn(text);
      const forward = new ForwardPass({ network: candidate, batchSize: sceneBatchSize(subset), imageShape: dataset.shape, warn });
      try {
        const evaluation = new DetectionEvaluation(forward, candidate, dataset, subset);
        while (await evaluation.advance()) await context.breatheOrStop();
        const { isFinite, meanAveragePrecision } = evaluation.score();
        return isFinite ? meanAveragePrecision!.voc07 : 0;
      } finally {
        forward.dispose();
      }
    },
  };
}

const noLikeliest = (): EspalierError =>
  new EspalierError('BAD_RECIPE', 'a detector is judged by mean average precision, which knows no likeliest classes', {
    hint: 'Leave `fitness.topK` out.',
    path: ['method', 'settings', 'fitness', 'topK'],
  });

const nothingToFind = (): EspalierError =>
  new EspalierError('BAD_DATASET', 'none of the held-out pictures that candidates are judged by has an object that counts', {
    hint: 'Judge by more of them: the setting `fitness.images`. Objects that are marked as difficult do not count.',
    path: ['dataset'],
  });
