import type { ChoiceContext, GroupChoice } from '../method.ts';
import type { GroupObservation, NetworkObservation } from '../observation/observation.ts';
import { largestScores } from '../selection/largest.ts';

/** The choice of every method that gives each channel a number and keeps the largest. */
export function keepLargest<Settings>(
  { groups }: NetworkObservation,
  { widths }: ChoiceContext<Settings>,
  score: (group: GroupObservation) => readonly number[],
): Record<string, GroupChoice> {
  return Object.fromEntries(
    groups.map((group) => {
      const scores = score(group);
      return [group.id, { keep: largestScores(scores, widths[group.id] ?? group.channels), scores }];
    }),
  );
}

/** (Σ |w|ᵖ)^(1/p) over every channel's filters: the mean over the layers that make the group's channels. */
export function meanNorm(group: GroupObservation, order: 1 | 2): number[] {
  const norms = group.filterNorms(order);
  return Array.from({ length: group.channels }, (_, channel) => norms.reduce((sum, norm) => sum + norm[channel]!, 0) / norms.length);
}
