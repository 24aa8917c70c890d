import { EspalierError, type NetworkCost, type Topology } from '@espalier/core';
import { type AxisRole } from './layers/kind.ts';
import { dependencyGroups } from './channels/groups.ts';
import { networkCost } from './cost/cost.ts';
import { readGraph, type UnsupportedLayer, unsupportedLayers } from './graph.ts';
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
  readonly unsupported: readonly UnsupportedLayer[];
}

/** The pre-flight report of a topology. Throws BAD_NETWORK for one that contradicts itself; what is merely unsupported is part of the report. */
export function inspect(topology: Topology, limits: WidthLimits = {}): PreflightReport {
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
    return { groups: [], cost: null, minimum: null, unsupported: unsupportedLayers(topology) };
  }
}
