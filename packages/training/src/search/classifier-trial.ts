import { EspalierError } from '@espalier/core';
import { stratifiedSubset, type Dataset } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { evaluationBatchSize } from '../measure/evaluate.ts';
import { labelledExamples } from '../observe/examples.ts';
import { answersOf } from '../sensitivity/answers.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { train } from '../train/train.ts';
import { shortTraining, type FitnessRequest, type Trial } from './candidate.ts';

/** A classifier is worth its accuracy. @throws EspalierError BAD_RECIPE where every picture would count as right. */
export function classifierTrial(request: FitnessRequest & { readonly dataset: Dataset }, context: JobContext): Trial {
  const { dataset, settings } = request;
  checkTopK(settings.topK, dataset.classes.length);
  return {
    calibration: labelledExamples(dataset, settings.recalibrationImages),
    largestBatch: Infinity,
    async trained(candidate) {
      const { network } = await train({ ...shortTraining(candidate, request), dataset, teacher: null }, context.quietly());
      return network;
    },
    async worthOf(network) {
      const subset = stratifiedSubset(dataset, dataset.splits.validation, settings.images);
      const warn = (text: string): void => context.warn(text);
      const forward = new ForwardPass({ network, batchSize: evaluationBatchSize(subset), imageShape: dataset.shape, warn });
      try {
        const { right, loss } = await answersOf(forward, dataset, subset, settings.topK);
        return Number.isFinite(loss) ? right.reduce((sum, value) => sum + value, 0) / right.length : 0;
      } finally {
        forward.dispose();
      }
    },
  };
}

function checkTopK(topK: number, classes: number): void {
  if (topK < classes) return;
  throw new EspalierError('BAD_RECIPE', `by the likeliest ${topK} of ${classes} classes every candidate is right`, {
    hint: 'Take a smaller `fitness.topK`; 1 is accuracy as usual.',
    path: ['method', 'settings', 'fitness', 'topK'],
  });
}
