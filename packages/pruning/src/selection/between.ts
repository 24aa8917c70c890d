import type { GroupWidths } from '@espalier/network';
import type { WidthBudget } from '../method.ts';

type Group = { readonly id: string; readonly channels: number };

/**
 * As far from `narrow`, which meets the budget, towards `wide` as the budget allows: all groups by the same share of their way, to whole and allowed
 * widths. For widths that fall past the target in one step, as where many channels are alike.
 */
export function widestBetween(groups: readonly Group[], narrow: GroupWidths, wide: GroupWidths, budget: WidthBudget): GroupWidths {
  const at = (share: number): GroupWidths =>
    Object.fromEntries(
      groups.map((group) => {
        const least = narrow[group.id]!;
        return [group.id, budget.allowed(group, Math.floor(least + share * (wide[group.id]! - least)))];
      }),
    );
  return farthestMeeting(at, narrow, budget);
}

/** The widths at the largest share of the way that still meets the target, to a millionth of it; `nearest` are those at its beginning, which do. */
export function farthestMeeting(at: (share: number) => GroupWidths, nearest: GroupWidths, budget: WidthBudget): GroupWidths {
  let best = nearest;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 20; step++) {
    const middle = (low + high) / 2;
    const candidate = at(middle);
    if (budget.isMet(candidate)) {
      best = candidate;
      low = middle;
    } else high = middle;
  }
  return best;
}
