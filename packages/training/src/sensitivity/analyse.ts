import {
  EspalierError,
  pairedDifference,
  wilsonInterval,
  type Digest,
  type Estimate,
  type NetworkCost,
  type NetworkData,
} from '@espalier/core';
import { stratifiedSubset, type Dataset, type Split } from '@espalier/datasets';
import { dependencyGroups, networkCost, readGraph, type KeepLists } from '@espalier/network';
import { mask } from '@espalier/surgery';
import type { JobContext } from '../context.ts';
import { checkFit } from '../fit.ts';
import { evaluationBatchSize } from '../measure/evaluate.ts';
import { ForwardPass } from '../steps/forward-pass.ts';
import { answersOf, type Answers } from './answers.ts';
import type { CutEffect, CutEffects, CutKey } from './cache.ts';
import { checkRatios, chosenGroups, costOfCut, keptOf } from './groups.ts';

export interface SensitivityRequest {
  readonly network: NetworkData;
  readonly networkDigest: Digest;
  readonly dataset: Dataset;
  /** Never `test`: what is learnt here decides what is cut. */
  readonly split: 'training' | 'validation';
  /** How many pictures of the split to measure on, at most. */
  readonly images: number;
  /** Shares of a group's channels to remove, each in (0, 1). */
  readonly ratios: readonly number[];
  /** The ids of the groups to look at; left out: every prunable one. */
  readonly groups?: readonly string[];
  /** Which channels of one group stay when it keeps `width` of them, ascending. */
  readonly choose: (group: string, width: number) => readonly number[];
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
 * How much each dependency group matters: one group at a time loses a share of its channels, the rest stays whole. The channels are silenced, not cut,
 * which gives the same answers (rule S1) and lets one compiled pass serve every point: only weights are exchanged. Points that `effects` knows
 * are not measured again, so an analysis that was stopped goes on, and a second one costs no forward pass but the baseline's.
 *
 * @throws EspalierError BAD_INPUT for a ratio or group that there is not, BAD_DATASET for an empty split.
 */
export async function analyseSensitivity(request: SensitivityRequest, context: JobContext): Promise<SensitivityReport> {
  const { network, dataset } = request;
  checkFit(network, dataset, 'network');
  const graph = readGraph(network.topology);
  const groups = chosenGroups(dependencyGroups(graph), request.groups);
  checkRatios(request.ratios);
  const subset = subsetOf(request);
  const whole = await WholeNetwork.measure(request, subset, context);
  try {
    const findings: GroupSensitivity[] = [];
    for (const [place, { id, channels }] of groups.entries()) {
      const points: SensitivityPoint[] = [];
      for (const ratio of request.ratios) {
        context.progress('measuring sensitivity', () => ({ step: place, steps: groups.length }));
        await context.breatheOrStop();
        const kept = keptOf(channels, ratio);
        const effect = kept === channels ? whole.untouched() : await whole.effectOf(id, [...request.choose(id, kept)]);
        points.push(pointOf(ratio, kept, effect, costOfCut(graph, id, kept)));
      }
      findings.push({ group: id, channels, points });
    }
    const { right, loss } = whole.answers;
    const { parameters, macs } = networkCost(graph);
    return {
      split: subset.name,
      images: right.length,
      accuracy: wilsonInterval(sum(right), right.length),
      loss,
      cost: { parameters, macs },
      groups: findings,
      measured: whole.measured,
    };
  } finally {
    whole.dispose();
  }
}

/** The network in one compiled pass, whose weights are exchanged for those of each cut. */
class WholeNetwork {
  readonly answers: Answers;
  /** How many cuts were measured. */
  measured = 0;
  readonly #request: SensitivityRequest;
  readonly #subset: Split;
  readonly #forward: ForwardPass;

  private constructor(request: SensitivityRequest, subset: Split, forward: ForwardPass, answers: Answers) {
    this.#request = request;
    this.#subset = subset;
    this.#forward = forward;
    this.answers = answers;
  }

  static async measure(request: SensitivityRequest, subset: Split, context: JobContext): Promise<WholeNetwork> {
    const { network, dataset } = request;
    const batchSize = evaluationBatchSize(subset);
    const forward = new ForwardPass({ network, batchSize, imageShape: dataset.shape, warn: (text) => context.warn(text) });
    try {
      return new WholeNetwork(request, subset, forward, await answersOf(forward, dataset, subset));
    } catch (error) {
      forward.dispose();
      throw error;
    }
  }

  /** The effect of a share too small for a single channel. */
  untouched(): CutEffect {
    const { right, loss } = this.answers;
    return { examples: right.length, correct: sum(right), gained: 0, lost: 0, loss };
  }

  /** The effect of keeping these channels of a group, from what was measured before if it was. */
  async effectOf(group: string, keep: number[]): Promise<CutEffect> {
    const { networkDigest, dataset, effects } = this.#request;
    const { name, indices } = this.#subset;
    const key: CutKey = { network: networkDigest, dataset: dataset.digest, split: name, images: indices.length, group, keep };
    const known = await effects.get(key);
    if (known !== null) return known;
    const effect = await this.#measure({ keep: { [group]: keep } });
    await effects.put(key, effect);
    this.measured++;
    return effect;
  }

  async #measure(plan: KeepLists): Promise<CutEffect> {
    const { network, dataset } = this.#request;
    const { weights } = mask(network, plan);
    this.#forward.write(weights.map(({ values }) => values));
    const { right, loss } = await answersOf(this.#forward, dataset, this.#subset);
    const before = this.answers.right;
    const changes = (from: number, to: number): number =>
      right.reduce((count, now, place) => count + (before[place] === from && now === to ? 1 : 0), 0);
    return { examples: right.length, correct: sum(right), gained: changes(0, 1), lost: changes(1, 0), loss };
  }

  dispose(): void {
    this.#forward.dispose();
  }
}

const pointOf = (
  ratio: number,
  kept: number,
  { examples, correct, gained, lost, loss }: CutEffect,
  cost: NetworkCost,
): SensitivityPoint => ({
  ratio,
  kept,
  accuracy: wilsonInterval(correct, examples),
  change: pairedDifference(gained, lost, examples),
  loss,
  cost,
});

function subsetOf({ dataset, split, images }: SensitivityRequest): Split {
  const whole = dataset.splits[split];
  if (whole.indices.length > 0) return stratifiedSubset(dataset, whole, images);
  throw new EspalierError('BAD_DATASET', `the ${split} split is empty`, { hint: 'Hold pictures out, or measure on the training split.' });
}

const sum = (values: Uint8Array): number => values.reduce((total, value) => total + value, 0);
