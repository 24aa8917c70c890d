import { EspalierError, type NetworkCost, type Topology } from '@espalier/core';
import { type AxisRole } from './layers/kind.ts';
import { dependencyGroups } from './channels/groups.ts';
import { networkCost } from './cost/cost.ts';
import { readGraph } from './graph.ts';
import { isKnownLayerType } from './layers/table.ts';
import { minimumCost, type WidthLimits } from './plan/uniform.ts';

export interface GroupReport {
  readonly id: string;
  readonly channels: number;
  readonly members: readonly { readonly layer: string; readonly role: AxisRole; readonly multiplicity: number }[];
  readonly prunable: boolean;
  readonly reason: string | null;
}

/** What can be said of a network before anything runs. Where it can't be read, `unsupported` says why and the costs are null. */
export interface PreflightReport {
  readonly groups: readonly GroupReport[];
  readonly cost: NetworkCost | null;
  /** With every group at its least width. */
  readonly minimum: NetworkCost | null;
  readonly unsupported: readonly { readonly layer: string; readonly type: string; readonly reason: string }[];
}

/** The pre-flight report of a topology. Throws BAD_NETWORK for one that contradicts itself; what is merely unsupported is part of the report. */
export function inspect(topology: Topology, limits: WidthLimits = {}): PreflightReport {
  const unknown = topology.config.layers.filter(({ class_name: type }) => !isKnownLayerType(type));
  if (unknown.length > 0)
    return unreadable(unknown.map(({ name, class_name: type }) => ({ layer: name, type, reason: `its type ${type} is not known` })));
  try {
    const graph = readGraph(topology);
    const groups = dependencyGroups(graph);
    const { parameters, macs } = networkCost(graph);
    return {
      groups: groups.map(({ id, channels, members, prunable, reason }) => ({
        id,
        channels,
        members: members.map(({ layer, role, multiplicity }) => ({ layer, role, multiplicity })),
        prunable,
        reason,
      })),
      cost: { parameters, macs },
      minimum: minimumCost(graph, groups, limits),
      unsupported: [],
    };
  } catch (error) {
    if (!(error instanceof EspalierError) || error.code !== 'UNSUPPORTED_LAYER') throw error;
    const layer = String(error.path[1]);
    const type = topology.config.layers.find(({ name }) => name === layer)?.class_name ?? 'unknown';
    return unreadable([{ layer, type, reason: error.message }]);
  }
}

const unreadable = (unsupported: PreflightReport['unsupported']): PreflightReport => ({
  groups: [],
  cost: null,
  minimum: null,
  unsupported,
});
