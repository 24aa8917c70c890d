import { z } from 'zod';
import { type Points, pairwiseDistances } from '../../clustering/index.ts';
import { defineMethod } from '../../method.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import { largestScores } from '../../selection/largest.ts';
import { finite, keepLargest, meanNorm } from '../by-score.ts';

const SettingsSchema = z.strictObject({
  normShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'The share of the channels to remove that goes by the smallest L2 norm first; the rest goes by the distance to those left. 0 is the paper’s method, the authors’ code calls anything between a mix.',
    ),
});

/** The filters nearest to the geometric median of their layer go: the others can stand in for them. */
export const fpgm = defineMethod({
  name: 'fpgm',
  title: 'FPGM: geometric median',
  paper: 'He, Liu, Wang, Hu, Yang: Filter pruning via geometric median for deep convolutional neural networks acceleration. CVPR 2019',
  summary: 'Removes the filters whose distances to all other filters of their group have the smallest sum.',
  observes: 'weights',
  settings: SettingsSchema,
  presets: { paper: { normShare: 0 }, recommended: {} },
  choose: (observation, context) => {
    const { normShare } = context.settings;
    if (normShare === 0) return keepLargest(observation, context, (group) => distanceSums(group));
    return Object.fromEntries(
      observation.groups.map((group) => {
        const keep = context.widths[group.id] ?? group.channels;
        const byNorm = Math.trunc(normShare * (group.channels - keep));
        const left = largestScores(meanNorm(group, 2), group.channels - byNorm);
        const sums = distanceSums(group, left);
        const kept = largestScores(
          left.map((channel) => sums[channel]!),
          keep,
        );
        return [group.id, { keep: kept.map((index) => left[index]!), scores: sums }];
      }),
    );
  },
});

/** Σ over the filters o' of `among` of ‖W[o] − W[o']‖₂ for every channel: the mean over the layers that make the group's channels. */
function distanceSums(group: GroupObservation, among: readonly number[] | null = null): number[] {
  finite(group, meanNorm(group, 2));
  const banks = group.filters();
  const sums = Array<number>(group.channels).fill(0);
  for (const { channels, length, weights } of banks) {
    const points: Points = { count: channels, dimensions: length, values: weights };
    const { values } = pairwiseDistances(points, 'euclidean');
    for (let channel = 0; channel < channels; channel++)
      sums[channel]! += rowSum(values, channel * channels, channels, among) / banks.length;
  }
  return sums;
}

/** Σ of a row of a distance matrix, over all of its columns or over some. */
function rowSum(values: Float64Array, start: number, columns: number, among: readonly number[] | null): number {
  let sum = 0;
  if (among === null) for (let place = start; place < start + columns; place++) sum += values[place]!;
  else for (const column of among) sum += values[start + column]!;
  return sum;
}
