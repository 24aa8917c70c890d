import { EspalierError } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { WidthBudget } from '../../method.ts';
import type { NetworkObservation } from '../../observation/observation.ts';
import { bisectEpsilon, clusteredWidth, isInScope, type MapGroup, mapGroup, mostEpsilon } from './clusters.ts';
import type { MapClusterSettings } from './settings.ts';

/**
 * The widths that clustering leaves. With ε given they are n_l of each group, whatever the target; without, the ε at which all groups together meet the
 * target. Groups whose maps are single numbers are not clustered: with ε given they stay whole (the papers cut no dense layer), without they get their
 * uniform widths. Where the widths fall past the target in one step, they are raised again towards those before that step as far as the target allows.
 * Throws TARGET_OUT_OF_REACH with what clustering can remove at most.
 */
export function clusteredWidths(observation: NetworkObservation, settings: MapClusterSettings, budget: WidthBudget): GroupWidths {
  const groups = observation.groups.filter((group) => isInScope(group, settings)).map(mapGroup);
  const unclustered = ({ id, channels }: MapGroup) => (settings.epsilon === null ? (budget.uniform[id] ?? channels) : channels);
  const widthsAt = (epsilon: number) =>
    allowedWidths(groups, budget, (group) =>
      group.hasDirections ? clusteredWidth(group, epsilon, settings.minimumPoints) : unclustered(group),
    );
  if (settings.epsilon !== null) return widthsAt(settings.epsilon);
  const most = widthsAt(mostEpsilon);
  if (!budget.isMet(most)) throw outOfReach(budget, most);
  const { below, beyond } = bisectEpsilon((epsilon) => budget.isMet(widthsAt(epsilon)));
  const wide = widthsAt(below);
  if (budget.isMet(wide)) return wide;
  const narrow = widthsAt(beyond);
  return raised(groups, narrow, wide, budget);
}

const allowedWidths = (groups: readonly MapGroup[], budget: WidthBudget, widthOf: (group: MapGroup) => number): GroupWidths =>
  Object.fromEntries(groups.map((group) => [group.id, budget.allowed(group, widthOf(group))]));

/** As far from `narrow` towards `wide` as the budget allows, all groups by the same share of their way. */
function raised(groups: readonly MapGroup[], narrow: GroupWidths, wide: GroupWidths, budget: WidthBudget): GroupWidths {
  const at = (share: number) => allowedWidths(groups, budget, ({ id }) => Math.floor(narrow[id]! + share * (wide[id]! - narrow[id]!)));
  return farthestMeeting(at, narrow, budget);
}

/**
 * Widths from elsewhere, such as a swarm's particle, made to meet the target: all groups shrink by the same share until they do. Widths that meet it stay.
 */
export function projectedWidths(
  groups: readonly { readonly id: string; readonly channels: number }[],
  widths: GroupWidths,
  budget: WidthBudget,
): GroupWidths {
  if (budget.isMet(widths)) return widths;
  const at = (share: number): GroupWidths =>
    Object.fromEntries(groups.map((group) => [group.id, budget.allowed(group, Math.floor(share * (widths[group.id] ?? group.channels)))]));
  const least = at(0);
  if (!budget.isMet(least)) throw outOfReach(budget, least);
  return farthestMeeting(at, least, budget);
}

/** The widths at the largest share of the way that still meets the target, to a millionth of it; `nearest` are those at its beginning, which do. */
function farthestMeeting(at: (share: number) => GroupWidths, nearest: GroupWidths, budget: WidthBudget): GroupWidths {
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

function outOfReach(budget: WidthBudget, most: GroupWidths): EspalierError {
  const percent = Math.floor(budget.reachedRatio(most) * 1000) / 10;
  return new EspalierError(
    'TARGET_OUT_OF_REACH',
    `clustering can remove at most ${percent} % of the ${budget.target.measure}: groups out of scope, or with fewer channels than a cluster needs, stay whole`,
    { hint: `Ask for at most ${percent} %, cut every group, or let fewer channels make a cluster.`, path: ['target', 'reductionRatio'] },
  );
}
