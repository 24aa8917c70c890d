import { EspalierError } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { WidthBudget } from '../method.ts';
import { firstMeeting } from './budget.ts';

/**
 * Widths by one threshold for the whole network: the channels with the smallest scores of all go, just as many as the target needs.
 *
 * Of equal scores those go first that have the smaller share of their group below them, then those of the earlier group: where all scores agree, all
 * groups shrink alike. No group falls below its floor. Groups that are not in `scores` stay whole. Throws TARGET_OUT_OF_REACH where that is not enough.
 */
export function globalWidths(
  groups: readonly { readonly id: string; readonly channels: number }[],
  scores: Readonly<Record<string, readonly number[]>>,
  budget: WidthBudget,
  lacking = 'no score',
): GroupWidths {
  const ranked = groups.flatMap(({ id, channels }, group) =>
    [...(scores[id] ?? [])].sort((a, b) => a - b).map((score, rank) => ({ group, score, share: rank / channels })),
  );
  ranked.sort((a, b) => a.score - b.score || a.share - b.share || a.group - b.group);
  const widthsWithout = (removed: number): GroupWidths => {
    const left = groups.map(({ channels }) => channels);
    for (const { group } of ranked.slice(0, removed)) left[group]! -= 1;
    return Object.fromEntries(groups.map((group, index) => [group.id, budget.allowed(group, left[index]!)]));
  };
  const removed = firstMeeting(ranked.length + 1, widthsWithout, budget);
  if (removed !== null) return widthsWithout(removed);
  const most = Math.floor(budget.reachedRatio(widthsWithout(ranked.length)) * 1000) / 10;
  const unscored = groups.filter(({ id }) => scores[id] === undefined).map(({ id }) => id);
  throw new EspalierError(
    'TARGET_OUT_OF_REACH',
    `at most ${most} % of the ${budget.target.measure} can be removed: ${groupsNamed(unscored)} ${lacking} and would stay whole`,
    {
      hint: `Ask for at most ${most} %, choose a method that scores every group, or uniform widths where the method has them (scope: uniform).`,
      path: ['target', 'reductionRatio'],
    },
  );
}

const groupsNamed = (ids: readonly string[]): string =>
  ids.length === 1
    ? `group ${ids[0]} has`
    : `groups ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''} have`;
