import { EspalierError, TrainingSettingsSchema, type Digest, type FitnessSettings, type NetworkData } from '@espalier/core';
import { stratifiedSubset, type Dataset } from '@espalier/datasets';
import type { KeepLists } from '@espalier/network';
import { prune } from '@espalier/surgery';
import type { JobContext } from '../context.ts';
import { evaluationBatchSize } from '../measure/evaluate.ts';
import { answersOf } from '../sensitivity/answers.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { train } from '../train/train.ts';
import { recalibrateBatchNormalisation } from './recalibrate.ts';

export interface FitnessRequest {
  readonly network: NetworkData;
  readonly plan: KeepLists;
  readonly dataset: Dataset;
  readonly settings: FitnessSettings;
  readonly seed: number;
  /** An empty folder for the checkpoints of a training. */
  readonly folder: string;
  /** The digest of all that decides the answer, for checkpoints. */
  readonly identity: Digest;
}

/**
 * The accuracy of a candidate on held-out pictures, in [0, 1]: the network cut by its plan, recalibrated or trained shortly. It depends on the request
 * alone, so candidates can be judged anywhere and in any order, and one that was judged twice gets the same answer twice.
 * @throws EspalierError BAD_DATASET where no pictures are held out.
 */
export async function fitnessOf(request: FitnessRequest, context: JobContext): Promise<number> {
  const { dataset, settings } = request;
  const { training, validation } = dataset.splits;
  if (validation.indices.length === 0)
    throw new EspalierError('BAD_DATASET', 'no pictures are held out to judge candidates by', {
      hint: 'Hold some out: a validation ratio above 0.',
      path: ['dataset'],
    });
  const cut = cutOrWhole(request);
  const warn = (text: string): void => context.warn(text);
  const calibration = stratifiedSubset(dataset, training, settings.recalibrationImages);
  const judged =
    settings.epochs > 0
      ? await trained(cut, request, context)
      : await recalibrateBatchNormalisation(cut, dataset, calibration, { batchSize: settings.batchSize, warn });
  const subset = stratifiedSubset(dataset, validation, settings.images);
  const forward = new ForwardPass({ network: judged, batchSize: evaluationBatchSize(subset), imageShape: dataset.shape, warn });
  try {
    const { right, loss } = await answersOf(forward, dataset, subset);
    // A network that gives NaN is worth nothing, and the search goes on.
    return Number.isFinite(loss) ? right.reduce((sum, value) => sum + value, 0) / right.length : 0;
  } finally {
    forward.dispose();
  }
}

async function trained(
  network: NetworkData,
  { dataset, settings, seed, folder, identity }: FitnessRequest,
  context: JobContext,
): Promise<NetworkData> {
  const { epochs, batchSize, learningRate } = settings;
  const trainingSettings = TrainingSettingsSchema.parse({ epochs, batchSize, learningRate });
  const result = await train(
    {
      network,
      dataset,
      settings: trainingSettings,
      teacher: null,
      seed,
      series: 'candidate',
      folder,
      checkpointEverySeconds: 60,
      resumeFrom: null,
      identity,
    },
    context.quietly(),
  );
  return result.network;
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
