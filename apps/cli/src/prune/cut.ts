import type { NetworkCost, NetworkData } from '@espalier/core';
import type { Comparison } from '@espalier/formats';
import { dependencyGroups, type KeepLists, networkCost, readGraph } from '@espalier/network';
import { mask, prune } from '@espalier/surgery';
import { compare, type ComparisonFlags } from '../networks/comparison.ts';
import { inTensorFlow } from '../networks/runner.ts';
import type { Output } from '../output.ts';

export interface GroupWidth {
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

export interface Cut {
  readonly pruned: NetworkData;
  readonly before: NetworkCost;
  readonly after: NetworkCost;
  /** Every group that may be cut, whether it was or not. */
  readonly groups: readonly GroupWidth[];
  /** The pruned network against the one whose removed channels are silenced. */
  readonly comparison: Comparison;
}

/**
 * Cuts the network, and runs what is left and the masked network on the same random inputs. Throws NOTHING_PRUNED for a plan that keeps everything,
 * and BAD_INPUT, naming the group, for one that does not suit the network.
 */
export async function cut(network: NetworkData, plan: KeepLists, flags: ComparisonFlags, output: Output): Promise<Cut> {
  const pruned = prune(network, plan);
  const graph = readGraph(network.topology);
  output.progress('comparing with the masked network');
  const masked = await inTensorFlow(mask(network, plan), output);
  const comparison = await compare(masked, await inTensorFlow(pruned, output), flags, output);
  return {
    pruned,
    before: costOf(network),
    after: costOf(pruned),
    groups: dependencyGroups(graph)
      .filter(({ prunable }) => prunable)
      .map(({ id, channels }) => ({ id, before: channels, after: plan.keep[id]?.length ?? channels })),
    comparison,
  };
}

function costOf({ topology }: NetworkData): NetworkCost {
  const { parameters, macs } = networkCost(readGraph(topology));
  return { parameters, macs };
}
