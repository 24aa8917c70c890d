import type { NetworkCost, Topology } from '@espalier/core';
import { type DependencyGroup, dependencyGroups } from '../channels/groups.ts';
import { layerCosts, networkCost } from '../cost/cost.ts';
import { type Graph, readGraph } from '../graph.ts';
import { channelCount } from '../shape.ts';
import { matchGraphs, type Matching } from './match.ts';

/** A quantity in both networks; null where the thing itself is not there. */
export interface Change<Value> {
  readonly before: Value | null;
  readonly after: Value | null;
}

export interface LayerDifference {
  readonly status: 'changed' | 'added' | 'removed';
  readonly type: string;
  readonly layer: Change<string>;
  readonly width: Change<number>;
  readonly parameters: Change<number>;
  readonly macs: Change<number>;
  /** The settings that differ, other than the name. */
  readonly settings: readonly string[];
}

export interface GroupDifference {
  readonly group: Change<string>;
  readonly channels: Change<number>;
}

export interface NetworkDifference {
  readonly cost: { readonly before: NetworkCost; readonly after: NetworkCost };
  /** Layers that differ in settings, width or cost, or have no partner; in the order of the networks. */
  readonly layers: readonly LayerDifference[];
  /** Groups that differ in width, or have no partner. */
  readonly groups: readonly GroupDifference[];
  readonly sameLayers: number;
}

/** What changed from one network to another, matched by structure (see `matchGraphs`). Names alone are no difference. */
export function diff(before: Topology, after: Topology): NetworkDifference {
  const [graphBefore, graphAfter] = [readGraph(before), readGraph(after)];
  const matching = matchGraphs(graphBefore, graphAfter);
  const layers = layerDifferences(graphBefore, graphAfter, matching);
  const { parameters, macs } = networkCost(graphBefore);
  const { parameters: parametersAfter, macs: macsAfter } = networkCost(graphAfter);
  return {
    cost: { before: { parameters, macs }, after: { parameters: parametersAfter, macs: macsAfter } },
    layers,
    groups: groupDifferences(graphBefore, graphAfter, matching),
    sameLayers: graphAfter.nodes.length - layers.filter(({ status }) => status !== 'removed').length,
  };
}

function layerDifferences(before: Graph, after: Graph, { beforeOf, afterOf }: Matching): LayerDifference[] {
  const [costsBefore, costsAfter] = [layerCosts(before), layerCosts(after)];
  const compare = (left: number | null, right: number | null): LayerDifference => {
    const [nodeBefore, nodeAfter] = [left === null ? null : before.nodes[left]!, right === null ? null : after.nodes[right]!];
    const [costBefore, costAfter] = [left === null ? null : costsBefore[left]!, right === null ? null : costsAfter[right]!];
    return {
      status: nodeBefore === null ? 'added' : nodeAfter === null ? 'removed' : 'changed',
      type: (nodeAfter ?? nodeBefore)!.type,
      layer: { before: nodeBefore?.layer ?? null, after: nodeAfter?.layer ?? null },
      width: { before: nodeBefore && channelCount(nodeBefore.outputShape), after: nodeAfter && channelCount(nodeAfter.outputShape) },
      parameters: { before: costBefore?.parameters ?? null, after: costAfter?.parameters ?? null },
      macs: { before: costBefore?.macs ?? null, after: costAfter?.macs ?? null },
      settings: nodeBefore && nodeAfter ? changedSettings(nodeBefore.config, nodeAfter.config) : [],
    };
  };
  const paired = after.nodes.map(({ index }) => compare(beforeOf[index]!, index)).filter(isDifferent);
  const removed = before.nodes.filter(({ index }) => afterOf[index] === null).map(({ index }) => compare(index, null));
  return [...paired, ...removed];
}

const isDifferent = ({ status, width, parameters, macs, settings }: LayerDifference): boolean =>
  status !== 'changed' || settings.length > 0 || [width, parameters, macs].some((change) => change.before !== change.after);

function changedSettings(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== 'name');
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

/** Groups are partners when they cut the same axes of matched layers. */
function groupDifferences(before: Graph, after: Graph, { beforeOf }: Matching): GroupDifference[] {
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
