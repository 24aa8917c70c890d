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
  const candidate = cutOrWhole(request);
  const prepared =
    settings.epochs > 0 ? await trainedOrNull(trial, candidate, context) : await recalibrated(trial, candidate, request, context);
  return prepared === null ? 0 : trial.worthOf(prepared);
}

const recalibrated = (
  { calibration, largestBatch }: Trial,
  candidate: NetworkData,
  { settings }: FitnessRequest,
  context: JobContext,
): Promise<NetworkData> =>
  recalibrateBatchNormalisation(candidate, calibration, {
    batchSize: Math.min(settings.batchSize, largestBatch),
    warn: (text) => context.warn(text),
    breathe: () => context.breatheOrStop(),
  });

/** Null for a candidate whose loss is no number, even at a lower rate: it is worth nothing, and the search goes on. */
async function trainedOrNull(trial: Trial, candidate: NetworkData, context: JobContext): Promise<NetworkData | null> {
  try {
    return await trial.trained(candidate);
  } catch (error) {
    if (!(error instanceof EspalierError && error.code === 'LOSS_NOT_FINITE')) throw error;
    context.warn(`a candidate of the search is worth nothing: ${error.message}`);
    return null;
  }
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
