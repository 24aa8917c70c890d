import type { MethodChoice, NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph, type WidthLimits } from '@espalier/network';
import { completeMethodChoice, methodNamed } from './catalogue.ts';
import type { Collector } from './observation/collector.ts';
import { weightsByName } from './observation/observation.ts';

/**
 * What has to be gathered from pictures before `planPruning` can be asked, or null where the weights are enough or nothing may be cut. Whoever can run the network feeds the
 * collector; what it finishes with are the `statistics` of the plan's request. Throws BAD_RECIPE for a method or setting that there is not.
 */
export function collectorFor({
  network,
  method: choice,
  groups: ids,
}: {
  readonly network: NetworkData;
  readonly method: MethodChoice;
  readonly groups?: WidthLimits['groups'];
}): Collector | null {
  const method = methodNamed(choice.name);
  const { settings } = completeMethodChoice(choice);
  if (method.collect === null) return null;
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph).filter(({ id, prunable }) => prunable && (ids === undefined || ids.includes(id)));
  return groups.length === 0 ? null : method.collect({ graph, groups, weightOf: weightsByName(network).weightOf }, settings);
}
