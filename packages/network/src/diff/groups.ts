import { type DependencyGroup, dependencyGroups } from '../channels/groups.ts';
import type { Graph } from '../graph.ts';
import type { GroupDifference } from './difference.ts';
import type { Matching } from './match.ts';

/** Groups are partners when they cut the same axes of those layers that are in both networks. */
export function groupDifferences(before: Graph, after: Graph, { beforeOf, afterOf }: Matching): GroupDifference[] {
  const partners = new Map<string, string>();
  after.nodes.forEach(({ layer, index, call }) => {
    const partner = beforeOf[index];
    if (call === 0 && partner !== null && partner !== undefined) partners.set(layer, before.nodes[partner]!.layer);
  });
  const layersThatStay = new Set(before.nodes.filter(({ index }) => afterOf[index] !== null).map(({ layer }) => layer));
  /** The axes by the layers' names in `before`; a group of new layers alone is like no other. */
  const signature = ({ id, members }: DependencyGroup, translate: (layer: string) => string | undefined): string => {
    const axes = members.flatMap(({ layer, role }) => (translate(layer) === undefined ? [] : [`${translate(layer)} ${role}`]));
    return axes.length === 0 ? `only ${id}` : axes.join('\n');
  };
  const open = new Map<string, DependencyGroup[]>();
  for (const group of dependencyGroups(before)) {
    const key = signature(group, (layer) => (layersThatStay.has(layer) ? layer : undefined));
    open.set(key, [...(open.get(key) ?? []), group]);
  }
  const differences: GroupDifference[] = [];
  for (const group of dependencyGroups(after)) {
    const partner = open.get(signature(group, (layer) => partners.get(layer)))?.shift();
    if (partner?.channels === group.channels) continue;
    differences.push({
      group: { before: partner?.id ?? null, after: group.id },
      channels: { before: partner?.channels ?? null, after: group.channels },
    });
  }
  for (const { id, channels } of [...open.values()].flat())
    differences.push({ group: { before: id, after: null }, channels: { before: channels, after: null } });
  return differences;
}
