import { type MethodChoice, type NetworkData, type CostTarget } from '@espalier/core';
import { dependencyGroups, readGraph, uniformWidths, type WidthLimits } from '@espalier/network';
import { completeMethodChoice, methodNamed } from './catalogue.ts';
import { observe } from './observation/observation.ts';
import type { Statistics } from './observation/statistics.ts';
import type { AccuracySearch } from './search/index.ts';
import { widthBudget } from './selection/budget.ts';

export interface SearchRequest extends WidthLimits {
  readonly network: NetworkData;
  readonly method: MethodChoice;
  readonly target: CostTarget;
  readonly seed: number;
  readonly round: number;
  readonly statistics?: Statistics;
}

/**
 * The search by measured accuracy that a method's settings ask for, or null; where no group may be cut there is nothing to search. What its best genome
 * means goes into the request of `planPruning`.
 * Throws TARGET_OUT_OF_REACH with what can be reached, and BAD_RECIPE for a method or setting that there is not.
 */
export function searchFor(request: SearchRequest): AccuracySearch | null {
  const { network, target, seed, round, statistics, minimumChannels, channelMultiple, groups: ids } = request;
  const method = methodNamed(request.method.name);
  if (method.search === null) return null;
  const { settings } = completeMethodChoice(request.method);
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  if (!groups.some(({ prunable }) => prunable)) return null;
  const limits = { minimumChannels, channelMultiple, groups: ids };
  const uniform = uniformWidths(graph, groups, { ...target, ...limits });
  const observation = observe(
    network,
    graph,
    groups.filter(({ id }) => id in uniform.widths),
    statistics,
  );
  return method.search(observation, { settings, budget: widthBudget(graph, groups, uniform, { ...limits, target }), seed, round });
}
