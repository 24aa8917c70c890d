import {
  createGenerator,
  type Digest,
  EspalierError,
  type MethodChoice,
  type NetworkCost,
  type NetworkData,
  type Target,
} from '@espalier/core';
import {
  type DependencyGroup,
  dependencyGroups,
  type Graph,
  networkCost,
  type PruningPlan,
  readGraph,
  uniformWidths,
  validatePlan,
  type WidthLimits,
} from '@espalier/network';
import { completeMethodChoice, methodNamed } from './catalogue.ts';
import type { GroupChoice } from './method.ts';
import { type FeatureMaps, observe } from './observation/observation.ts';

export interface PlanRequest extends WidthLimits {
  readonly network: NetworkData;
  /** The SHA-256 of the network's file. */
  readonly networkDigest: Digest;
  readonly method: MethodChoice;
  readonly target: Target;
  readonly seed: number;
  /** Counted from 1; each round draws anew. */
  readonly round: number;
  /** By layer; for methods that observe feature maps. */
  readonly featureMaps?: ReadonlyMap<string, FeatureMaps>;
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
 * Decides what to remove: the widths are the largest uniform ones that meet the target, the method says which channels. The same request gives
 * the same plan. Throws TARGET_OUT_OF_REACH with what can be reached, and BAD_RECIPE for a method or setting that there is not.
 */
export function planPruning(request: PlanRequest): PlannedPruning {
  const { network, networkDigest, target, seed, round } = request;
  const method = methodNamed(request.method.name);
  const { name, settings } = completeMethodChoice(request.method);
  if (method.observes === 'feature-maps' && request.featureMaps === undefined)
    throw new EspalierError('BAD_INPUT', `the method ${name} looks at feature maps, and none were given`, {
      hint: 'Name a dataset whose pictures it may look at.',
      path: ['dataset'],
    });
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const { widths, keepRatio, cost, reachedRatio } = uniformWidths(graph, groups, { ...target, ...limitsOf(request) });
  const cut = groups.filter(({ id }) => id in widths);
  const choices = method.choose(observe(network, graph, cut, request.featureMaps ?? null), {
    settings,
    widths,
    generator: (...purpose) => createGenerator(seed, 'select', round, ...purpose),
  });
  const plan: PruningPlan = {
    version: 1,
    network: networkDigest,
    ...keepAndReasons(cut, choices),
    provenance: { method: name, settings, seed, round, target, keepRatio },
  };
  validatePlan(groups, plan);
  return { plan, before: costOf(graph), predicted: cost, reachedRatio, groups: outcomes(groups, plan) };
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
