import { pairedDifference, wilsonInterval, type Estimate, type NetworkCost } from '@espalier/core';
import { stratifiedSubset, type Dataset } from '@espalier/datasets';
import type { JobContext } from '../context.ts';
import { checkFit } from '../fit.ts';
import { evaluationBatchSize } from '../measure/evaluate.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { answersOf, type Answers } from './answers.ts';
import type { CutEffect, CutEffects } from './cache.ts';
import { askedCuts, measureCuts, splitToMeasure, type Cut, type SensitivityQuestion } from './groups.ts';

export interface SensitivityRequest extends SensitivityQuestion {
  readonly dataset: Dataset;
  readonly effects: CutEffects;
}

/** What removing a share of one group's channels, and nothing else, does before any retraining. */
export interface SensitivityPoint {
  readonly ratio: number;
  readonly kept: number;
  /** Accuracy on the subset, with a 95 % interval. */
  readonly accuracy: Estimate;
  /** The change of accuracy against the whole network on the same pictures, with a 95 % interval for matched pairs. */
  readonly change: Estimate;
  readonly loss: number;
  /** Of the network that is cut in this way. */
  readonly cost: NetworkCost;
}

export interface GroupSensitivity {
  readonly group: string;
  readonly channels: number;
  readonly points: readonly SensitivityPoint[];
}

export interface SensitivityReport {
  readonly split: string;
  readonly images: number;
  readonly accuracy: Estimate;
  readonly loss: number;
  readonly cost: NetworkCost;
  readonly groups: readonly GroupSensitivity[];
  /** How many points were measured now; the others were known. */
  readonly measured: number;
}

/**
 * How much each dependency group matters: one group at a time loses a share of its channels, the rest stays whole. Points that `effects` knows are not
 * measured again, so an analysis that was stopped goes on, and a second one costs no forward pass but the baseline's.
 *
 * @throws EspalierError BAD_INPUT for a ratio or group that there is not, BAD_DATASET for an empty split.
 */
export async function analyseSensitivity(request: SensitivityRequest, context: JobContext): Promise<SensitivityReport> {
  const { network, dataset, effects } = request;
  checkFit(network, dataset, 'network');
  const { cost, asked } = askedCuts(request);
  const subset = stratifiedSubset(dataset, splitToMeasure(dataset.splits, request.split), request.images);
  const images = subset.indices.length;
  const warn = (text: string): void => context.warn(text);
  const forward = new ForwardPass({ network, batchSize: evaluationBatchSize(subset), imageShape: dataset.shape, warn });
  try {
    const whole = await answersOf(forward, dataset, subset);
    const measurement = {
      pictures: { dataset: dataset.digest, split: subset.name, images },
      findings: effects,
      untouched: effectOf(whole, whole),
      async measure(weights: typeof network.weights) {
        forward.write(weights.map(({ values }) => values));
        return effectOf(whole, await answersOf(forward, dataset, subset));
      },
    };
    const { groups, measured } = await measureCuts(request, asked, measurement, context);
    return {
      split: subset.name,
      images,
      accuracy: wilsonInterval(sum(whole.right), images),
      loss: whole.loss,
      cost,
      groups: groups.map(({ group, channels, cuts }) => ({ group, channels, points: cuts.map(pointOf) })),
      measured,
    };
  } finally {
    forward.dispose();
  }
}

function effectOf(before: Answers, { right, loss }: Answers): CutEffect {
  const changes = (from: number, to: number): number =>
    right.reduce((count, now, place) => count + (before.right[place] === from && now === to ? 1 : 0), 0);
  return { examples: right.length, correct: sum(right), gained: changes(0, 1), lost: changes(1, 0), loss };
}

const pointOf = ({ ratio, kept, cost, finding }: Cut & { readonly finding: CutEffect }): SensitivityPoint => {
  const { examples, correct, gained, lost, loss } = finding;
  return { ratio, kept, accuracy: wilsonInterval(correct, examples), change: pairedDifference(gained, lost, examples), loss, cost };
};

const sum = (values: Uint8Array): number => values.reduce((total, value) => total + value, 0);
