import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import { finite, keepLargest, widthsByThreshold } from '../by-score.ts';
import { scopeSetting } from '../scope.ts';

const SettingsSchema = z.strictObject({ scope: scopeSetting('global') });

/**
 * Layer-adaptive magnitude: a score is what it is worth among those of its group that are at least as large, so scores of different groups can be
 * compared. The paper scores single weights by w²; here a channel's squared L2 norm takes the place of w².
 */
export const lamp = defineMethod({
  name: 'lamp',
  title: 'LAMP',
  paper: 'Lee, Park, Mo, Ahn, Shin: Layer-adaptive sparsity for the magnitude-based pruning. ICLR 2021',
  summary:
    'Removes the filters with the smallest share of the squared norm of all larger filters of their group, by one threshold for all groups.',
  observes: 'weights',
  settings: SettingsSchema,
  presets: { paper: { scope: 'global' }, recommended: {} },
  widths: (observation, { settings, budget }) =>
    settings.scope === 'uniform' ? budget.uniform : widthsByThreshold(observation, budget, groupScores),
  choose: (observation, context) => keepLargest(observation, context, groupScores),
});

function groupScores(group: GroupObservation): number[] {
  const norms = group.filterNorms(2);
  const squares = Array.from(
    { length: group.channels },
    (_, channel) => norms.reduce((sum, norm) => sum + norm[channel]! ** 2, 0) / norms.length,
  );
  return lampScores(finite(group, squares));
}

/** u_i = s_i / Σ_{j ≥ i} s_j with the scores ascending (ties by index); 0 where all that is left is 0. */
export function lampScores(squares: readonly number[]): number[] {
  const descending = squares.map((_, index) => index).sort((a, b) => squares[b]! - squares[a]! || b - a);
  const scores = squares.map(() => 0);
  let sum = 0;
  for (const index of descending) {
    sum += squares[index]!;
    scores[index] = sum === 0 ? 0 : squares[index]! / sum;
  }
  return scores;
}
