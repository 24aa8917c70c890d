import { EspalierError, type NetworkCost, type NetworkData } from '@espalier/core';
import { sceneSubset, type DetectionDataset } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { DetectionEvaluation } from '../detection/evaluate/evaluation.ts';
import { checkDetectorFit, sceneBatchSize } from '../detection/scenes.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { PictureBootstrap, precisionChange, precisionEstimate, type PrecisionEstimate } from './bootstrap.ts';
import type { CutPrecision, CutPrecisions } from './cache.ts';
import { askedCuts, measureCuts, splitToMeasure, type SensitivityQuestion } from './groups.ts';

export interface DetectorSensitivityRequest extends SensitivityQuestion {
  readonly dataset: DetectionDataset;
  readonly precisions: CutPrecisions;
}

/** What removing a share of one group's channels, and nothing else, does to a detector before any retraining. */
export interface DetectorSensitivityPoint {
  readonly ratio: number;
  readonly kept: number;
  /** On the subset, with a 95 % interval. */
  readonly meanAveragePrecision: PrecisionEstimate;
  /** Against the whole network on the same pictures, with a 95 % interval for matched pictures. */
  readonly change: PrecisionEstimate;
  /** Of the network that is cut in this way. */
  readonly cost: NetworkCost;
}

export interface DetectorSensitivityReport {
  readonly split: string;
  readonly images: number;
  readonly meanAveragePrecision: PrecisionEstimate;
  readonly cost: NetworkCost;
  readonly groups: readonly { readonly group: string; readonly channels: number; readonly points: readonly DetectorSensitivityPoint[] }[];
  /** How many points were measured now; the others were known. */
  readonly measured: number;
}

/**
 * As `analyseSensitivity`, for detectors: by mean average precision on a part of a split. That is no share of pictures, so its intervals are those of a
 * bootstrap over pictures (Efron 1979), seeded by the dataset.
 * @throws EspalierError `BAD_INPUT` for a network that does not fit, a ratio or group that there is not; `BAD_DATASET` for pictures with nothing to find.
 */
export async function analyseDetectorSensitivity(
  request: DetectorSensitivityRequest,
  context: JobContext,
): Promise<DetectorSensitivityReport> {
  const { network, dataset, precisions } = request;
  checkDetectorFit(network.topology, dataset, 'network');
  const { cost, asked } = askedCuts(request);
  const subset = sceneSubset(dataset, splitToMeasure(dataset.splits, request.split), request.images);
  const pictures = { dataset: dataset.digest, split: subset.name, images: subset.indices.length };
  const bootstrap = new PictureBootstrap(pictures);
  const warn = (text: string): void => context.warn(text);
  const forward = new ForwardPass({ network, batchSize: sceneBatchSize(subset), imageShape: dataset.shape, warn });
  const judged = async (weights: NetworkData['weights']) => {
    forward.write(weights.map(({ values }) => values));
    const evaluation = new DetectionEvaluation(forward, network, dataset, subset);
    while (await evaluation.advance()) await context.breatheOrStop();
    const { meanAveragePrecision } = evaluation.score();
    if (meanAveragePrecision === null) throw nothingToFind(subset.name);
    return [meanAveragePrecision, bootstrap.resample(evaluation.recount())] as const;
  };
  try {
    const whole = await judged(network.weights);
    const findingOf = (after: typeof whole): CutPrecision => ({
      meanAveragePrecision: precisionEstimate(...after),
      change: precisionChange(whole, after),
    });
    const untouched = findingOf(whole);
    const measure = async (weights: NetworkData['weights']): Promise<CutPrecision> => findingOf(await judged(weights));
    const { groups, measured } = await measureCuts(request, asked, { pictures, findings: precisions, untouched, measure }, context);
    const points = groups.map(({ group, channels, cuts }) => ({
      group,
      channels,
      points: cuts.map(({ ratio, kept, cost: left, finding }) => ({ ratio, kept, ...finding, cost: left })),
    }));
    const { split, images } = pictures;
    return { split, images, meanAveragePrecision: untouched.meanAveragePrecision, cost, groups: points, measured };
  } finally {
    forward.dispose();
  }
}

const nothingToFind = (split: string): EspalierError =>
  new EspalierError('BAD_DATASET', `none of the pictures of the ${split} split that are looked at has an object that counts`, {
    hint: 'Look at more pictures, or at another split.',
    path: ['dataset'],
  });
