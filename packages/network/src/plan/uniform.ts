import { EspalierError, removedShare, type NetworkCost, type CostTarget } from '@espalier/core';
import type { DependencyGroup } from '../channels/groups.ts';
import { networkCost } from '../cost/cost.ts';
import type { Graph } from '../graph.ts';
import { costAfter } from './cost-after.ts';
import type { GroupWidths } from './plan.ts';

/** Which widths are allowed. */
export interface WidthLimits {
  /** No group is cut below this many channels. */
  readonly minimumChannels?: number;
  /** Kept widths are rounded down to a multiple of this; a group narrower than one multiple stays whole. */
  readonly channelMultiple?: number;
  /** The ids of the groups to cut; left out: every prunable one. */
  readonly groups?: readonly string[];
}

export interface UniformWidthsRequest extends CostTarget, WidthLimits {}

export interface UniformWidths {
  readonly widths: GroupWidths;
  /** The share of channels that every group keeps, before rounding down to whole channels. */
  readonly keepRatio: number;
  readonly cost: NetworkCost;
  /** The share of the measure that is gone: at least what was asked for. */
  readonly reachedRatio: number;
}

/**
 * The widths of the largest uniform keep ratio whose exact cost meets the target. Only finitely many ratios change a width (k/n for a group of n
 * channels), and the cost never falls as the ratio grows, so bisection over these finds the very largest. Throws TARGET_OUT_OF_REACH with the
 * most that can be removed.
 */
export function uniformWidths(graph: Graph, groups: readonly DependencyGroup[], request: UniformWidthsRequest): UniformWidths {
  const { measure, reductionRatio } = request;
  const chosen = chosenGroups(groups, request);
  const before = networkCost(graph)[measure];
  const budget = costBudget(before, reductionRatio);
  const groupWidths = [...new Set(chosen.map(({ channels }) => channels))];
  const ratios = [...new Set(groupWidths.flatMap((width) => Array.from({ length: width }, (_, index) => (index + 1) / width)))].sort(
    (a, b) => a - b,
  );
  const at = (keepRatio: number): UniformWidths => {
    const widths = Object.fromEntries(chosen.map((group) => [group.id, widthAt(group, keepRatio, request)]));
    const cost = costAfter(graph, groups, widths);
    return { widths, keepRatio, cost, reachedRatio: removedShare(before, cost[measure]) };
  };

  const least = at(0);
  if (least.cost[measure] > budget) throw outOfReach(request, least, before);
  let best: UniformWidths | undefined;
  for (let low = 0, high = ratios.length - 1; low <= high;) {
    const middle = (low + high) >> 1;
    const candidate = at(ratios[middle]!);
    if (candidate.cost[measure] <= budget) {
      best = candidate;
      low = middle + 1;
    } else high = middle - 1;
  }
  return best ?? least;
}

/**
 * What may be left of a cost when a share of it has to go. Ratios are rounded, and 10 · (1 − 0.9) is a hair below 1: with room for that, and for no whole
 * operation more, a share that was worked out from a cost is met by that very cost.
 */
export const costBudget = (before: number, reductionRatio: number): number => before * (1 - reductionRatio) + before * 2 ** -50;

/** The cost with every group at its least allowed width: no plan can go below it. */
export function minimumCost(graph: Graph, groups: readonly DependencyGroup[], limits: WidthLimits = {}): NetworkCost {
  return costAfter(graph, groups, Object.fromEntries(chosenGroups(groups, limits).map((group) => [group.id, widthAt(group, 0, limits)])));
}

function chosenGroups(groups: readonly DependencyGroup[], { groups: ids }: WidthLimits): readonly DependencyGroup[] {
  if (ids === undefined) return groups.filter(({ prunable }) => prunable);
  return ids.map((id) => {
    const group = groups.find((candidate) => candidate.id === id);
    if (group?.prunable === true) return group;
    const message = group === undefined ? 'the network has no such group' : `it must stay whole: ${group.reason}`;
    throw new EspalierError('BAD_INPUT', `group ${id}: ${message}`, {
      hint: 'Name prunable groups of this network.',
      path: ['groups', id],
    });
  });
}

/** Channels kept of a group at a ratio: rounded down to whole channels (and multiples), but never below the floor. */
export function widthAt(
  { channels }: Pick<DependencyGroup, 'channels'>,
  keepRatio: number,
  { minimumChannels = 1, channelMultiple = 1 }: WidthLimits,
): number {
  if (keepRatio >= 1) return channels;
  const floor = Math.min(channels, Math.ceil(minimumChannels / channelMultiple) * channelMultiple);
  // k/n · n may come out a hair below k in binary fractions; a billionth of a channel puts it right and reaches no other k.
  const wanted = Math.floor(keepRatio * channels + 1e-9);
  return Math.max(floor, wanted - (wanted % channelMultiple));
}

function outOfReach({ measure, reductionRatio }: CostTarget, least: UniformWidths, before: number): EspalierError {
  const percent = (ratio: number) => `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`;
  const name = measure === 'macs' ? 'MACs' : 'parameters';
  return new EspalierError(
    'TARGET_OUT_OF_REACH',
    `${percent(reductionRatio)} of the ${name} cannot be removed: with every group at its least width ${least.cost[measure]} of ${before} ${name} remain`,
    { hint: `Ask for at most ${percent(least.reachedRatio)}, or allow narrower groups.`, path: ['target', 'reductionRatio'] },
  );
}
