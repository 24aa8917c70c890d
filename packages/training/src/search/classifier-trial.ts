import { stratifiedSubset, type Dataset } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { evaluationBatchSize } from '../measure/evaluate.ts';
import { labelledExamples } from '../observe/examples.ts';
import { answersOf } from '../sensitivity/answers.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { train } from '../train/train.ts';
import { shortTraining, type FitnessRequest, type Trial } from './candidate.ts';

/** A classifier is worth its accuracy. */
export function classifierTrial(request: FitnessRequest & { readonly dataset: Dataset }, context: JobContext): Trial {
  const { dataset, settings } = request;
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
        const { right, loss } = await answersOf(forward, dataset, subset);
        return Number.isFinite(loss) ? right.reduce((sum, value) => sum + value, 0) / right.length : 0;
      } finally {
        forward.dispose();
      }
    },
  };
}
