import { EspalierError, removedShare, type AnalyseJob, type CostTarget, type NetworkData, type Target } from '@espalier/core';
import { dependencyGroups, readGraph, targetMetBy, widthAt, type GroupWidths } from '@espalier/network';
import type { JobContext } from '../context.ts';
import { latencyAsCost } from './latency.ts';

/** A target in the terms in which plans are made. */
export interface ResolvedTarget {
  readonly target: CostTarget;
  /** Where the target fixes them, the widths of the groups; a group that is not named stays whole. */
  readonly widths?: GroupWidths;
  /** Of a target that is no cost: what was asked and what is reached, for the plan's provenance. */
  readonly asked?: { readonly measure: Target['measure']; readonly reductionRatio: number; readonly reachedRatio: number };
}

type RoundLimits = Pick<AnalyseJob, 'minimumChannels' | 'channelMultiple' | 'round'>;

/**
 * A cost stays what it is; shares of channels become widths; a latency becomes the cost at which it is reached, found by measuring.
 * @throws EspalierError TARGET_OUT_OF_REACH with what can be reached, BAD_RECIPE for a group that the network of the first round does not have or that must stay whole,
 *   NOTHING_PRUNED where the shares are too small for a single channel.
 */
export async function resolveTarget(
  target: Target,
  network: NetworkData,
  limits: RoundLimits,
  context: JobContext,
): Promise<ResolvedTarget> {
  switch (target.measure) {
    case 'channels':
      return channelsAsWidths(target, network, limits);
    case 'latency':
      return latencyAsCost(target, network, limits, context);
    default:
      return { target };
  }
}

function channelsAsWidths(
  { reductionRatio, groups: shares }: Extract<Target, { measure: 'channels' }>,
  { topology }: NetworkData,
  { round, ...limits }: RoundLimits,
): ResolvedTarget {
  const graph = readGraph(topology);
  const groups = dependencyGroups(graph);
  // The first round has found the recipe's groups to be there and to be prunable. By what it cut they may have become neither, which is no fault of the recipe's.
  for (const id of round === 1 ? Object.keys(shares) : []) {
    const group = groups.find((candidate) => candidate.id === id);
    if (group?.prunable === true) continue;
    throw new EspalierError('BAD_RECIPE', `group ${id}: ${group?.reason ?? 'the network has no such group'}`, {
      hint: 'Take the ids of prunable groups from: espalier inspect',
      path: ['target', 'groups', id],
    });
  }
  const prunable = groups.filter((group) => group.prunable);
  const widths = Object.fromEntries(prunable.map((group) => [group.id, widthAt(group, 1 - (shares[group.id] ?? reductionRatio), limits)]));
  const channels = prunable.reduce((sum, group) => sum + group.channels, 0);
  const kept = prunable.reduce((sum, { id }) => sum + widths[id]!, 0);
  if (kept === channels)
    throw new EspalierError('NOTHING_PRUNED', 'the shares are too small for a single channel of any group', {
      hint: 'Ask for a larger reduction, or for a smaller channel multiple.',
      path: ['target', 'reductionRatio'],
    });
  return {
    target: targetMetBy(graph, groups, widths),
    widths,
    asked: { measure: 'channels', reductionRatio, reachedRatio: removedShare(channels, kept) },
  };
}
