import type { ChoiceContext, GroupChoice } from '../method.ts';
import type { FilterBank } from '../observation/filters.ts';
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

/** A norm of every channel's filters: the mean over the layers that make the group's channels. */
export function meanNorm(group: GroupObservation, norm: (filter: Float32Array) => number): number[] {
  const banks = group.filters();
  return Array.from(
    { length: group.channels },
    (_, channel) => banks.reduce((sum, bank) => sum + norm(filterOf(bank, channel)), 0) / banks.length,
  );
}

const filterOf = ({ weights, length }: FilterBank, channel: number): Float32Array =>
  weights.subarray(channel * length, (channel + 1) * length);
