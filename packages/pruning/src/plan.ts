import {
  createGenerator,
  type Digest,
  EspalierError,
  removedShare,
  type MethodChoice,
  type NetworkCost,
  type NetworkData,
  type CostTarget,
} from '@espalier/core';
import {
  costAfter,
  type DependencyGroup,
  dependencyGroups,
  type Graph,
  type GroupWidths,
  networkCost,
  type PruningPlan,
  readGraph,
  uniformWidths,
  validatePlan,
  type WidthLimits,
} from '@espalier/network';
import { completeMethodChoice, methodNamed } from './catalogue.ts';
import type { Clustering, GroupChoice, Observable } from './method.ts';
import { nothingPruned } from './methods/faults.ts';
import { observe } from './observation/observation.ts';
import type { Statistics } from './observation/statistics.ts';
import { widthBudget } from './selection/budget.ts';

export interface PlanRequest extends WidthLimits {
  readonly network: NetworkData;
  /** The SHA-256 of the network's file. */
  readonly networkDigest: Digest;
  readonly method: MethodChoice;
  readonly target: CostTarget;
  readonly seed: number;
  /** Counted from 1; each round draws anew. */
  readonly round: number;
  /** What the method's collector gathered; for methods that observe more than weights. */
  readonly statistics?: Statistics;
  /** Widths that were found elsewhere, by a search for instance; left out: the method's, or the largest uniform ones that meet the target. */
  readonly widths?: GroupWidths;
}

/** What becomes of one group. */
export interface GroupOutcome {
  readonly group: string;
  readonly before: number;
  readonly after: number;
  /** Why the group stays whole, or null for one that may be cut. */
  readonly reason: string | null;
}

export interface PlannedPruning {
  readonly plan: PruningPlan;
  readonly before: NetworkCost;
  /** Exact: what the network will cost once the plan is applied. */
  readonly predicted: NetworkCost;
  /** The share of the target's measure that goes. */
  readonly reachedRatio: number;
  readonly groups: readonly GroupOutcome[];
}

/**
 * Decides what to remove: the widths are those that the method finds for the target, or the largest uniform ones that meet it; the method says which
 * channels. The same request gives the same plan. Throws TARGET_OUT_OF_REACH with what can be reached, NOTHING_PRUNED where a method's settings leave
 * every group whole or a later round finds none that may be cut, and BAD_RECIPE for a method or setting that there is not.
 */
export function planPruning(request: PlanRequest): PlannedPruning {
  const { network, networkDigest, target, seed, round, statistics = new Map() } = request;
  const method = methodNamed(request.method.name);
  const { name, settings } = completeMethodChoice(request.method);
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const mayCut = groups.some(({ prunable }) => prunable);
  if (round > 1 && !mayCut) throw nothingLeft();
  if (mayCut && method.collect !== null && request.statistics === undefined) throw nothingGathered(name, method.observes);
  const uniform = uniformWidths(graph, groups, { ...target, ...limitsOf(request) });
  const cut = groups.filter(({ id }) => id in uniform.widths);
  const observation = observe(network, graph, cut, statistics);
  const decided = request.widths ?? method.widths?.(observation, { settings, budget: widthBudget(graph, groups, uniform, request) });
  const widths = decided ?? uniform.widths;
  if (cut.every(({ id, channels }) => (widths[id] ?? channels) === channels)) throw nothingPruned(name);
  const choices = method.choose(observation, {
    settings,
    widths,
    generator: (...purpose) => createGenerator(seed, 'select', round, ...purpose),
  });
  const before = costOf(graph);
  const predicted = costAfter(graph, groups, widths);
  const plan: PruningPlan = {
    version: 1,
    network: networkDigest,
    ...keepAndReasons(cut, choices),
    provenance: {
      method: name,
      settings,
      seed,
      round,
      target,
      // Of uniform widths only: elsewhere groups keep shares of their own.
      ...(decided === undefined ? { keepRatio: uniform.keepRatio } : {}),
      ...clusteringsOf(choices),
    },
  };
  validatePlan(groups, plan);
  return {
    plan,
    before,
    predicted,
    reachedRatio: removedShare(before[target.measure], predicted[target.measure]),
    groups: outcomes(groups, plan),
  };
}

const nothingGathered = (method: string, observes: Observable): EspalierError =>
  new EspalierError('BAD_INPUT', `the method ${method} looks at ${observes}, and none were given`, {
    hint: 'Name a dataset whose pictures it may look at.',
    path: ['dataset'],
  });

const nothingLeft = (): EspalierError =>
  new EspalierError('NOTHING_PRUNED', 'the rounds before left no group that may be cut any further', {
    hint: 'Ask for fewer rounds.',
    path: ['rounds'],
  });

function clusteringsOf(choices: Readonly<Record<string, GroupChoice>>): { clustering?: Record<string, Clustering> } {
  const clustering: Record<string, Clustering> = {};
  for (const [id, choice] of Object.entries(choices)) if (choice.clustering !== undefined) clustering[id] = choice.clustering;
  return Object.keys(clustering).length === 0 ? {} : { clustering };
}

const limitsOf = ({ minimumChannels, channelMultiple, groups }: PlanRequest): WidthLimits => ({ minimumChannels, channelMultiple, groups });

function costOf(graph: Graph): NetworkCost {
  const { parameters, macs } = networkCost(graph);
  return { parameters, macs };
}

function keepAndReasons(
  groups: readonly DependencyGroup[],
  choices: Readonly<Record<string, GroupChoice>>,
): Pick<PruningPlan, 'keep' | 'scores' | 'clusters'> {
  const keep: Record<string, number[]> = {};
  const scores: Record<string, number[]> = {};
  const clusters: Record<string, number[]> = {};
  for (const { id } of groups) {
    const choice = choices[id];
    if (choice === undefined) throw new Error(`the method chose nothing for group ${id}`);
    keep[id] = [...choice.keep];
    if (choice.scores !== undefined) scores[id] = [...choice.scores];
    if (choice.clusters !== undefined) clusters[id] = [...choice.clusters];
  }
  return { keep, scores, clusters };
}

const outcomes = (groups: readonly DependencyGroup[], { keep }: PruningPlan): GroupOutcome[] =>
  groups.map(({ id, channels, reason }) => ({ group: id, before: channels, after: keep[id]?.length ?? channels, reason }));
