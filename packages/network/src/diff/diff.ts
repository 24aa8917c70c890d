import type { Topology } from '@espalier/core';
import { dependencyGroups } from '../channels/groups.ts';
import { networkCost } from '../cost/cost.ts';
import { readGraph } from '../graph.ts';
import type { NetworkDifference } from './difference.ts';
import { groupDifferences } from './groups.ts';
import { compareLayers } from './layers.ts';
import { matchGraphs } from './match.ts';

/** What changed from one network to another, matched by structure (see `matchGraphs`). Names alone are no difference. */
export function diff(before: Topology, after: Topology): NetworkDifference {
  const [graphBefore, graphAfter] = [readGraph(before), readGraph(after)];
  const matching = matchGraphs(graphBefore, graphAfter);
  const comparison = compareLayers(graphBefore, graphAfter, matching);
  const { parameters, macs } = networkCost(graphBefore);
  const { parameters: parametersAfter, macs: macsAfter } = networkCost(graphAfter);
  const groups = groupDifferences(graphBefore, graphAfter, matching);
  return {
    cost: { before: { parameters, macs }, after: { parameters: parametersAfter, macs: macsAfter } },
    layers: comparison.filter(({ status }) => status !== 'same'),
    groups,
    sameLayers: comparison.filter(({ status }) => status === 'same').length,
    sameGroups: dependencyGroups(graphAfter).length - groups.filter(({ group }) => group.after !== null).length,
    comparison,
  };
}
