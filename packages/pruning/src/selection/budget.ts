import { removedShare, type CostTarget } from '@espalier/core';
import {
  costAfter,
  costBudget,
  type DependencyGroup,
  type Graph,
  type GroupWidths,
  networkCost,
  type UniformWidths,
  widthAt,
  type WidthLimits,
} from '@espalier/network';
import type { WidthBudget } from '../method.ts';

export function widthBudget(
  graph: Graph,
  groups: readonly DependencyGroup[],
  uniform: UniformWidths,
  { target, ...limits }: WidthLimits & { readonly target: CostTarget },
): WidthBudget {
  const before = networkCost(graph)[target.measure];
  // Uniform widths are found by this very comparison, so whatever they meet counts as met here.
  const budget = costBudget(before, target.reductionRatio);
  const costOf = (widths: GroupWidths) => costAfter(graph, groups, widths)[target.measure];
  return {
    target,
    uniform: uniform.widths,
    reachedRatio: (widths) => removedShare(before, costOf(widths)),
    isMet: (widths) => costOf(widths) <= budget,
    allowed: (group, width) => widthAt(group, width / group.channels, limits),
  };
}

/**
 * The first of `count` choices of widths that meets the budget, where each is nowhere wider than the one before it. Null where none does.
 */
export function firstMeeting(count: number, widthsOf: (index: number) => GroupWidths, { isMet }: WidthBudget): number | null {
  let found: number | null = null;
  for (let low = 0, high = count - 1; low <= high;) {
    const middle = (low + high) >> 1;
    if (isMet(widthsOf(middle))) {
      found = middle;
      high = middle - 1;
    } else low = middle + 1;
  }
  return found;
}
