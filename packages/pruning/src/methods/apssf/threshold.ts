import type { GroupWidths } from '@espalier/network';
import { heightTolerance } from '../../clustering/index.ts';
import type { WidthBudget } from '../../method.ts';
import { widestBetween } from '../../selection/between.ts';
import { firstMeeting } from '../../selection/budget.ts';
import { clustersAt, type Dendrogram } from './dendrogram.ts';

/**
 * Every t at which some group loses a cluster, ascending: the merge heights, each in its group's own unit s. At τ = t·s a group has K(τ) clusters, so
 * nothing changes between two of these. The first is 0, at which only filters that are the same come together.
 */
export function thresholdCandidates(dendrograms: readonly Dendrogram[]): number[] {
  const ratios = dendrograms.flatMap(({ merges, unit }) => merges.map(({ height }) => (unit === 0 ? 0 : height / unit)));
  ratios.sort((a, b) => a - b);
  return [0, ...ratios.filter((ratio, index) => ratio - (ratios[index - 1] ?? 0) > heightTolerance)];
}

/** One channel for each cluster at t, as far as floors and multiples allow. */
export const widthsAtThreshold = (dendrograms: readonly Dendrogram[], scaledThreshold: number, budget: WidthBudget): GroupWidths =>
  Object.fromEntries(dendrograms.map((dendrogram) => [dendrogram.id, budget.allowed(dendrogram, clustersAt(dendrogram, scaledThreshold))]));

/** The least threshold whose widths meet the budget, by bisection; the cost never rises with it. Null where even the highest does not. */
export function thresholdByBisection(
  dendrograms: readonly Dendrogram[],
  candidates: readonly number[],
  budget: WidthBudget,
): number | null {
  const index = firstMeeting(candidates.length, (candidate) => widthsAtThreshold(dendrograms, candidates[candidate]!, budget), budget);
  return index === null ? null : candidates[index]!;
}

/**
 * The widths at a threshold that meets the budget, raised as far as it allows towards those of the candidate before: where several clusters fall at once, as
 * among filters that are the same, fewer may do.
 */
export function widestAtThreshold(
  dendrograms: readonly Dendrogram[],
  candidates: readonly number[],
  threshold: number,
  budget: WidthBudget,
): GroupWidths {
  const before = candidates[candidates.indexOf(threshold) - 1];
  const wide =
    before === undefined
      ? Object.fromEntries(dendrograms.map(({ id, channels }) => [id, channels]))
      : widthsAtThreshold(dendrograms, before, budget);
  return widestBetween(dendrograms, widthsAtThreshold(dendrograms, threshold, budget), wide, budget);
}
