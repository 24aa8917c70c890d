import { type DependencyGroup, dependencyGroups } from '../channels/groups.ts';
import type { Graph } from '../graph.ts';
import type { GroupDifference } from './difference.ts';
import type { Matching } from './match.ts';

/** Groups are partners when they cut the same axes of matched layers. */
export function groupDifferences(before: Graph, after: Graph, { beforeOf }: Matching): GroupDifference[] {
  const layersBefore = new Map<string, string>();
  after.nodes.forEach(({ layer, index, call }) => {
    const partner = beforeOf[index];
    if (call === 0 && partner !== null && partner !== undefined) layersBefore.set(layer, before.nodes[partner]!.layer);
  });
  const signature = ({ members }: DependencyGroup, translate: (layer: string) => string | undefined): string =>
    members.map(({ layer, role }) => `${translate(layer) ?? `new ${layer}`} ${role}`).join('\n');
  const open = new Map<string, DependencyGroup[]>();
  for (const group of dependencyGroups(before)) {
    const key = signature(group, (layer) => layer);
    open.set(key, [...(open.get(key) ?? []), group]);
  }
  const differences: GroupDifference[] = [];
  for (const group of dependencyGroups(after)) {
    const partner = open.get(signature(group, (layer) => layersBefore.get(layer)))?.shift();
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
