import { createGenerator, EspalierError, type MethodChoice, type NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { completeMethodChoice, methodNamed } from './catalogue.ts';
import { observe } from './observation/observation.ts';
import type { Statistics } from './observation/statistics.ts';

/**
 * What a method would keep of one group alone, all others whole: for whoever asks how much a group matters. Pure: the same group and width give the same
 * channels. Throws BAD_RECIPE for a method or setting that there is not, BAD_INPUT for a group that the network does not have or that must stay whole.
 */
export function channelChooser({
  network,
  method: choice,
  seed,
  statistics,
}: {
  readonly network: NetworkData;
  readonly method: MethodChoice;
  readonly seed: number;
  readonly statistics?: Statistics;
}): (group: string, width: number) => readonly number[] {
  const method = methodNamed(choice.name);
  const { settings } = completeMethodChoice(choice);
  const graph = readGraph(network.topology);
  const groups = new Map(dependencyGroups(graph).map((group) => [group.id, group]));
  return (id, width) => {
    const group = groups.get(id);
    if (group === undefined || !group.prunable)
      throw new EspalierError('BAD_INPUT', `group ${id}: ${group?.reason ?? 'the network has no such group'}`, {
        hint: 'Take the ids of prunable groups from: espalier inspect',
        path: ['groups', id],
      });
    const chosen = method.choose(observe(network, graph, [group], statistics), {
      settings,
      widths: { [id]: width },
      generator: (...purpose) => createGenerator(seed, 'select', 1, ...purpose),
    });
    return chosen[id]!.keep;
  };
}
