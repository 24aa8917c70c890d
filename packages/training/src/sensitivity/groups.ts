import { EspalierError, type NetworkCost } from '@espalier/core';
import { costAfter, dependencyGroups, type DependencyGroup, type Graph } from '@espalier/network';

/** How many of its channels a group keeps when it loses a share of them; one always stays. */
export const keptOf = (channels: number, ratio: number): number => Math.max(1, channels - Math.trunc(ratio * channels));

/** The groups with these ids, or every prunable one. @throws EspalierError `BAD_INPUT` for an id that is not one of a prunable group. */
export function chosenGroups(groups: readonly DependencyGroup[], ids: readonly string[] | undefined): DependencyGroup[] {
  const prunable = groups.filter((group) => group.prunable);
  if (ids === undefined) return prunable;
  return ids.map((id) => {
    const group = prunable.find((candidate) => candidate.id === id);
    if (group !== undefined) return group;
    const reason = groups.find((candidate) => candidate.id === id)?.reason;
    throw new EspalierError('BAD_INPUT', `group ${id}: ${reason ?? 'the network has no such group'}`, {
      hint: 'Take the ids of prunable groups from: espalier inspect',
      path: ['groups', id],
    });
  });
}

/** @throws EspalierError `BAD_INPUT` for what is no share to remove, and for none at all. */
export function checkRatios(ratios: readonly number[]): void {
  const wrong = ratios.find((ratio) => !(ratio > 0 && ratio < 1));
  if (ratios.length === 0 || wrong !== undefined)
    throw new EspalierError('BAD_INPUT', wrong === undefined ? 'there is no ratio to measure' : `${wrong} is no share to remove`, {
      hint: 'Name shares between 0 and 1, such as 0.25, 0.5 and 0.75.',
      path: ['ratios'],
    });
}

/** The cost of a network that is cut in one group. */
export function costOfCut(graph: Graph, group: string, kept: number): NetworkCost {
  const { parameters, macs } = costAfter(graph, dependencyGroups(graph), { [group]: kept });
  return { parameters, macs };
}
