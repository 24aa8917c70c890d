import type { MethodChoice, NetworkData, Target } from '@espalier/core';
import {
  costAfter,
  dependencyGroups,
  type Graph,
  networkCost,
  type PruningPlan,
  readGraph,
  widthAt,
  type WidthLimits,
} from '@espalier/network';

export const shareMeasures = ['channels', 'macs', 'parameters'] as const;
export type ShareMeasure = (typeof shareMeasures)[number];

export interface UniformRequest {
  readonly network: NetworkData;
  readonly networkDigest: string;
  readonly method: MethodChoice;
  /** The share of `of` to remove: of every group's channels alike, or of the cost of the whole network. */
  readonly ratio: number;
  readonly of: ShareMeasure;
  readonly limits: WidthLimits;
  readonly seed: number;
}

/** A plan that keeps the same share of every group. Throws as `planPruning` does. */
export async function planUniform({ network, networkDigest, method, ratio, of, limits, seed }: UniformRequest): Promise<PruningPlan> {
  const { planPruning } = await import('@espalier/pruning');
  const request = { network, networkDigest, method, seed, round: 1, ...limits };
  if (of !== 'channels') return planPruning({ ...request, target: { measure: of, reductionRatio: ratio } }).plan;
  const graph = readGraph(network.topology);
  return planPruning({ ...request, target: costOfWidths(graph, uniformWidthsOf(graph, ratio, limits)) }).plan;
}

function uniformWidthsOf(graph: Graph, ratio: number, limits: WidthLimits): Record<string, number> {
  const chosen = dependencyGroups(graph).filter(({ id, prunable }) => limits.groups?.includes(id) ?? prunable);
  return Object.fromEntries(chosen.map((group) => [group.id, widthAt(group, 1 - ratio, limits)]));
}

/** The target that exactly these widths meet. The half operation of slack is far below one channel and far above the rounding of the ratio. */
function costOfWidths(graph: Graph, widths: Record<string, number>): Target {
  const before = networkCost(graph).macs;
  const after = costAfter(graph, dependencyGroups(graph), widths).macs;
  return { measure: 'macs', reductionRatio: (before - after - 0.5) / before };
}
