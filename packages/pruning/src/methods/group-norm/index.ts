import { EspalierError } from '@espalier/core';
import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import type { ConsumerNorms } from '../../observation/consumers.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import { finite, keepLargest, widthsByThreshold } from '../by-score.ts';
import { scopeSetting } from '../scope.ts';

const SettingsSchema = z.strictObject({
  scope: scopeSetting('global'),
  normalise: z
    .boolean()
    .default(true)
    .describe(
      'Whether a group’s scores are the mean over its members divided by the group’s mean, so that groups can be compared, as Torch-Pruning does; otherwise the plain sum over members, as the paper’s formula has it.',
    ),
});

/**
 * The norm of a channel over everything that would go with it: the filters that make it, the γ that scale it and the weights that read it.
 */
export const groupNorm = defineMethod({
  name: 'group-norm',
  title: 'Group norm (DepGraph)',
  paper: 'Fang, Ma, Song, Mi, Wang: DepGraph: towards any structural pruning. CVPR 2023',
  summary: 'Removes the channels whose weights in all layers of their dependency group together have the smallest squared norm.',
  observes: 'weights',
  settings: SettingsSchema,
  presets: { paper: { scope: 'global', normalise: false }, recommended: {} },
  widths: (observation, { settings, budget }) =>
    settings.scope === 'uniform'
      ? budget.uniform
      : widthsByThreshold(observation, budget, (group) => groupScores(group, settings.normalise)),
  choose: (observation, context) => keepLargest(observation, context, (group) => groupScores(group, context.settings.normalise)),
});

function groupScores(group: GroupObservation, normalise: boolean): readonly number[] {
  const members = [
    ...group.filterNorms(2).map((norms) => norms.map((norm) => norm * norm)),
    ...group.gammas().map((gammas) => Float64Array.from(gammas, (gamma) => gamma * gamma)),
    ...group.consumers().map(finiteSquares),
  ];
  const sums = Array.from({ length: group.channels }, (_, channel) => members.reduce((sum, squares) => sum + squares[channel]!, 0));
  // Looked at before the mean is taken, which would carry what is not finite to every channel.
  if (!normalise) return finite(group, sums);
  // The mean over members and the mean over members and channels: the number of members cancels.
  const mean = finite(group, sums).reduce((sum, score) => sum + score, 0) / sums.length;
  return mean === 0 ? sums : sums.map((sum) => sum / mean);
}

/** A kernel that is not finite is named here, where it is known: the group of what it reads may be far from it. */
function finiteSquares({ layer, squares }: ConsumerNorms): Float64Array {
  const channel = squares.findIndex((square) => !Number.isFinite(square));
  if (channel < 0) return squares;
  throw new EspalierError('BAD_NETWORK', `layer ${layer}: the weights that read channel ${channel} are not finite`, {
    hint: 'Go back to a checkpoint from before the training diverged.',
    path: ['layers', layer],
  });
}
