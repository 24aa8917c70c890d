import { EspalierError, type AveragePrecision, type NetworkCost, type NetworkData } from '@espalier/core';
import { sceneSubset, type DetectionDataset, type SceneSplit } from '@espalier/datasets';
import { dependencyGroups, networkCost, readGraph, type KeepLists } from '@espalier/network';
import { mask } from '@espalier/surgery';
import type { JobContext } from '../context.ts';
import { DetectionEvaluation } from '../detection/evaluate/evaluation.ts';
import { checkDetectorFit, sceneBatchSize } from '../detection/scenes.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import type { SensitivityRequest } from './analyse.ts';
import type { CutPrecisions } from './cache.ts';
import { checkRatios, chosenGroups, costOfCut, keptOf } from './groups.ts';

export interface DetectorSensitivityRequest extends Omit<SensitivityRequest, 'dataset' | 'effects'> {
  readonly dataset: DetectionDataset;
  readonly precisions: CutPrecisions;
}

/**
 * What removing a share of one group's channels does to a detector, before any retraining. Mean average precision is no share of pictures, so it has no
 * interval for matched pairs.
 */
export interface DetectorSensitivityPoint {
  readonly ratio: number;
  readonly kept: number;
  readonly meanAveragePrecision: AveragePrecision;
  /** Against the whole network on the same pictures. */
  readonly change: AveragePrecision;
  readonly cost: NetworkCost;
}

export interface DetectorSensitivityReport {
  readonly split: string;
  readonly images: number;
  readonly meanAveragePrecision: AveragePrecision;
  readonly cost: NetworkCost;
  readonly groups: readonly { readonly group: string; readonly channels: number; readonly points: readonly DetectorSensitivityPoint[] }[];
  /** How many points were measured now; the others were known. */
  readonly measured: number;
}

/**
 * As `analyseSensitivity`, for detectors: by mean average precision on a part of a split.
 * @throws EspalierError `BAD_INPUT` for a network that does not fit, a ratio or group that there is not; `BAD_DATASET` for pictures with nothing to find.
 */
export async function analyseDetectorSensitivity(
  request: DetectorSensitivityRequest,
  context: JobContext,
): Promise<DetectorSensitivityReport> {
  const { network, networkDigest, dataset, precisions } = request;
  checkDetectorFit(network.topology, dataset, 'network');
  const graph = readGraph(network.topology);
  const groups = chosenGroups(dependencyGroups(graph), request.groups);
  checkRatios(request.ratios);
  const subset = subsetOf(request);
  const images = subset.indices.length;
  const forward = new ForwardPass({
    network,
    batchSize: sceneBatchSize(subset),
    imageShape: dataset.shape,
    warn: (text) => context.warn(text),
  });
  const precisionWith = async (weights: NetworkData['weights']): Promise<AveragePrecision> => {
    forward.write(weights.map(({ values }) => values));
    const evaluation = new DetectionEvaluation(forward, network, dataset, subset);
    while (await evaluation.advance()) await context.breatheOrStop();
    const { meanAveragePrecision } = evaluation.score();
    if (meanAveragePrecision === null) throw nothingToFind(subset.name);
    return meanAveragePrecision;
  };
  let measured = 0;
  const precisionAfter = async (group: string, keep: readonly number[]): Promise<AveragePrecision> => {
    const key = { network: networkDigest, dataset: dataset.digest, split: subset.name, images, group, keep };
    const known = await precisions.get(key);
    if (known !== null) return known;
    const plan: KeepLists = { keep: { [group]: [...keep] } };
    const found = await precisionWith(mask(network, plan).weights);
    await precisions.put(key, found);
    measured++;
    return found;
  };
  try {
    const whole = await precisionWith(network.weights);
    const findings: DetectorSensitivityReport['groups'][number][] = [];
    for (const [place, { id, channels }] of groups.entries()) {
      const points: DetectorSensitivityPoint[] = [];
      for (const ratio of request.ratios) {
        context.progress('measuring sensitivity', () => ({ step: place, steps: groups.length }));
        await context.breatheOrStop();
        const kept = keptOf(channels, ratio);
        const meanAveragePrecision = kept === channels ? whole : await precisionAfter(id, request.choose(id, kept));
        const change = { voc07: meanAveragePrecision.voc07 - whole.voc07, area: meanAveragePrecision.area - whole.area };
        points.push({ ratio, kept, meanAveragePrecision, change, cost: costOfCut(graph, id, kept) });
      }
      findings.push({ group: id, channels, points });
    }
    const { parameters, macs } = networkCost(graph);
    return { split: subset.name, images, meanAveragePrecision: whole, cost: { parameters, macs }, groups: findings, measured };
  } finally {
    forward.dispose();
  }
}

function subsetOf({ dataset, split, images }: DetectorSensitivityRequest): SceneSplit {
  const whole = dataset.splits[split];
  if (whole.indices.length > 0) return sceneSubset(dataset, whole, images);
  throw new EspalierError('BAD_DATASET', `the ${split} split is empty`, { hint: 'Hold pictures out, or measure on the training split.' });
}

const nothingToFind = (split: string): EspalierError =>
  new EspalierError('BAD_DATASET', `none of the pictures of the ${split} split that are looked at has an object that counts`, {
    hint: 'Look at more pictures, or at another split.',
    path: ['dataset'],
  });
