import { removedShare } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { WidthBudget } from '../method.ts';

export type Group = { readonly id: string; readonly channels: number };

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

/**
 * Widths that meet the target, with what it leaves over spent: every group in turn is given its next allowed width where the target is still met then, those first
 * that have lost the largest share of their channels, until none can have more.
 */
export function spentFully(groups: readonly Group[], widths: GroupWidths, budget: WidthBudget): GroupWidths {
  let best = widths;
  const lost = ({ id, channels }: Group): number => removedShare(channels, best[id]!);
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const group of groups.toSorted((a, b) => lost(b) - lost(a))) {
      const wider = { ...best, [group.id]: nextWidth(group, best[group.id]!, budget) };
      if (wider[group.id] === best[group.id] || !budget.isMet(wider)) continue;
      best = wider;
      isDone = false;
    }
  }
  return best;
}

function nextWidth(group: Group, width: number, budget: WidthBudget): number {
  for (let next = width + 1; next <= group.channels; next++) {
    const allowed = budget.allowed(group, next);
    if (allowed > width) return allowed;
  }
  return width;
}
