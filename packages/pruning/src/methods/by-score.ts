import { EspalierError } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { ChoiceContext, GroupChoice, WidthBudget } from '../method.ts';
import type { GroupObservation, NetworkObservation } from '../observation/observation.ts';
import { globalWidths } from '../selection/global.ts';
import { largestScores } from '../selection/largest.ts';

/** The choice of every method that gives each channel a number and keeps the largest. */
export function keepLargest<Settings>(
  { groups }: NetworkObservation,
  { widths }: ChoiceContext<Settings>,
  score: (group: GroupObservation) => readonly number[],
): Record<string, GroupChoice> {
  return Object.fromEntries(
    groups.map((group) => {
      const scores = finite(group, score(group));
      return [group.id, { keep: largestScores(scores, widths[group.id] ?? group.channels), scores }];
    }),
  );
}

/**
 * Widths by one threshold on these scores over the whole network; null for a group that has no score and stays whole. `lacking`: what such a group has
 * not, for the refusal of a target that is out of reach without them.
 */
export function widthsByThreshold(
  { groups }: NetworkObservation,
  budget: WidthBudget,
  score: (group: GroupObservation) => readonly number[] | null,
  lacking = 'no score',
): GroupWidths {
  const scores = groups.flatMap((group): [string, readonly number[]][] => {
    const ofGroup = score(group);
    return ofGroup === null ? [] : [[group.id, finite(group, ofGroup)]];
  });
  return globalWidths(groups, Object.fromEntries(scores), budget, lacking);
}

/** Throws BAD_NETWORK, naming the group and the channel, for a score that is not a finite number. */
export function finite({ id }: GroupObservation, scores: readonly number[]): readonly number[] {
  const channel = scores.findIndex((score) => !Number.isFinite(score));
  if (channel < 0) return scores;
  throw new EspalierError('BAD_NETWORK', `group ${id}: the score of channel ${channel} is not finite`, {
    hint: 'Look at the weights of its layers; go back to a checkpoint from before the training diverged.',
    path: ['groups', id],
  });
}

/** (Σ |w|ᵖ)^(1/p) over every channel's filters: the mean over the layers that make the group's channels. */
export function meanNorm(group: GroupObservation, order: 1 | 2): number[] {
  const norms = group.filterNorms(order);
  const sums = new Float64Array(group.channels);
  for (const norm of norms) addTo(sums, norm);
  return Array.from(sums, (sum) => sum / norms.length);
}

/** |γ| of every channel: the mean over the group's batch normalisations; null where there is none. */
export function meanGamma(group: GroupObservation): readonly number[] | null {
  const gammas = group.gammas();
  if (gammas.length === 0) return null;
  return Array.from({ length: group.channels }, (_, channel) => gammas.reduce((sum, gamma) => sum + gamma[channel]!, 0) / gammas.length);
}

function addTo(sums: Float64Array, summands: Float64Array): void {
  for (let index = 0; index < sums.length; index++) sums[index]! += summands[index]!;
}
