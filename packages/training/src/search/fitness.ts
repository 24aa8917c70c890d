import { EspalierError, type NetworkData } from '@espalier/core';
import { prune } from '@espalier/surgery';
import type { JobContext } from '../context.ts';
import { hasScenes } from '../observe/examples.ts';
import type { FitnessRequest, Trial } from './candidate.ts';
import { classifierTrial } from './classifier-trial.ts';
import { detectorTrial } from './detector-trial.ts';
import { recalibrateBatchNormalisation } from './recalibrate.ts';

/**
 * What a candidate is worth on held-out pictures, in [0, 1]: the network cut by its plan, recalibrated or trained shortly. Of a classifier this is its
 * accuracy, of a detector its mean average precision by eleven points (VOC 2007), which its training is judged by as well. It depends on the request
 * alone, so candidates can be judged anywhere and in any order, and one that was judged twice gets the same answer twice.
 * @throws EspalierError BAD_DATASET where no pictures are held out, or none with anything to find; JobStopped.
 */
export async function fitnessOf(request: FitnessRequest, context: JobContext): Promise<number> {
  const { dataset, settings } = request;
  if (dataset.splits.validation.indices.length === 0)
    throw new EspalierError('BAD_DATASET', 'no pictures are held out to judge candidates by', {
      hint: 'A search holds a tenth of each class out of the training pictures: take more of them, or a method without a search.',
      path: ['dataset'],
    });
  const trial: Trial = hasScenes(dataset)
    ? detectorTrial({ ...request, dataset }, context)
    : classifierTrial({ ...request, dataset }, context);
  const cut = cutOrWhole(request);
  const batchSize = Math.min(settings.batchSize, trial.largestBatch);
  const judged =
    settings.epochs > 0
      ? await trial.trained(cut)
      : await recalibrateBatchNormalisation(cut, trial.calibration, { batchSize, warn: (text) => context.warn(text) });
  return trial.worthOf(judged);
}

/** A candidate that keeps everything is the network itself: no success as a result, but a point of a search like any other. */
function cutOrWhole({ network, plan }: FitnessRequest): NetworkData {
  try {
    return prune(network, plan);
  } catch (error) {
    if (error instanceof EspalierError && error.code === 'NOTHING_PRUNED') return network;
    throw error;
  }
}
