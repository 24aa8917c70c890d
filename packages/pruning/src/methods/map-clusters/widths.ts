import { EspalierError } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { WidthBudget } from '../../method.ts';
import type { GroupObservation, NetworkObservation } from '../../observation/observation.ts';
import { farthestMeeting, spentFully, widestBetween, type Group } from '../../selection/between.ts';
import { bisectEpsilon, clusteredWidth, isInScope, type MapGroup, mapGroup, mostEpsilon } from './clusters.ts';
import type { MapClusterSettings } from './settings.ts';

/**
 * The groups whose widths clustering decides: those in scope. Where ε is set by hand, groups whose maps are single numbers are not among them, for the papers
 * cut no dense layer.
 */
export const clusteredGroups = ({ graph, groups }: NetworkObservation, settings: MapClusterSettings): GroupObservation[] =>
  groups.filter((group) => isInScope(graph, group, settings) && (settings.epsilon === null || mapGroup(group).hasDirections));

/**
 * The widths that clustering leaves, of `clusteredGroups`. With ε given they are n_l of each group, whatever the target; without, the ε at which all groups
 * together meet the target, where groups whose maps are single numbers get their uniform widths. Where the widths fall past the target in one step, they are
 * raised again towards those before that step as far as the target allows. Throws TARGET_OUT_OF_REACH with what clustering can remove at most.
 */
export function clusteredWidths(observation: NetworkObservation, settings: MapClusterSettings, budget: WidthBudget): GroupWidths {
  const groups = clusteredGroups(observation, settings).map(mapGroup);
  const widthsAt = (epsilon: number) =>
    allowedWidths(groups, budget, (group) =>
      group.hasDirections ? clusteredWidth(group, epsilon, settings.minimumPoints) : (budget.uniform[group.id] ?? group.channels),
    );
  if (settings.epsilon !== null) return widthsAt(settings.epsilon);
  const most = widthsAt(mostEpsilon);
  if (!budget.isMet(most)) throw outOfReach(budget, most);
  const { below, beyond } = bisectEpsilon((epsilon) => budget.isMet(widthsAt(epsilon)));
  const wide = widthsAt(below);
  // Maps that point the same way are alike at any ε: where these alone are too many, the step before is the whole network.
  if (budget.isMet(wide)) return widestBetween(groups, wide, wholeWidths(groups), budget);
  return widestBetween(groups, widthsAt(beyond), wide, budget);
}

const allowedWidths = (groups: readonly MapGroup[], budget: WidthBudget, widthOf: (group: MapGroup) => number): GroupWidths =>
  Object.fromEntries(groups.map((group) => [group.id, budget.allowed(group, widthOf(group))]));

const wholeWidths = (groups: readonly Group[]): GroupWidths => Object.fromEntries(groups.map(({ id, channels }) => [id, channels]));

/**
 * Widths from elsewhere, such as a swarm's particle, made to spend what the target allows and no more: where they spend more all groups shrink by the same share of
 * their widths, where less all get back the same share of what they have lost, and then one after the other a channel, as long as it is allowed. So no particle is
 * behind another for being cut further than was asked.
 */
export const projectedWidths = (groups: readonly Group[], widths: GroupWidths, budget: WidthBudget): GroupWidths =>
  spentFully(
    groups,
    budget.isMet(widths) ? widestBetween(groups, widths, wholeWidths(groups), budget) : shrunkWidths(groups, widths, budget),
    budget,
  );

function shrunkWidths(groups: readonly Group[], widths: GroupWidths, budget: WidthBudget): GroupWidths {
  const at = (share: number): GroupWidths =>
    Object.fromEntries(groups.map((group) => [group.id, budget.allowed(group, Math.floor(share * (widths[group.id] ?? group.channels)))]));
  const least = at(0);
  if (!budget.isMet(least)) throw outOfReach(budget, least);
  return farthestMeeting(at, least, budget);
}

function outOfReach(budget: WidthBudget, most: GroupWidths): EspalierError {
  const percent = Math.floor(budget.reachedRatio(most) * 1000) / 10;
  return new EspalierError(
    'TARGET_OUT_OF_REACH',
    `clustering can remove at most ${percent} % of the ${budget.target.measure}: groups out of scope, or with fewer channels than a cluster needs, stay whole`,
    { hint: `Ask for at most ${percent} %, cut every group, or let fewer channels make a cluster.`, path: ['target', 'reductionRatio'] },
  );
}
