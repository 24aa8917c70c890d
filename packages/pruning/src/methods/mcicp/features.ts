import type { Points } from '../../clustering/index.ts';
import type { FilterBank } from '../../observation/filters.ts';
import { notFinite } from '../faults.ts';

/** What MCICP knows of one filter v of n weights. */
export interface FilterScores {
  /** E(v) = Σ v / n. */
  readonly expectation: number;
  /** Var(v) = Σ (v − E)² / n. */
  readonly variance: number;
  /** D(v) = 1 − Σ v / (‖v‖ √n): the cosine distance to the direction of the unit vector (1, …, 1), from 0 to 2; 1 for a filter of zeros. */
  readonly direction: number;
}

/** The scores of filter `channel` (Sun et al. 2024, as far as the abstract tells). Throws BAD_NETWORK for weights that are not finite. */
export function filterScores({ layer, length, weights }: FilterBank, channel: number): FilterScores {
  let sum = 0;
  let squares = 0;
  const start = channel * length;
  for (let place = start; place < start + length; place++) {
    sum += weights[place]!;
    squares += weights[place]! * weights[place]!;
  }
  if (!Number.isFinite(squares)) throw notFinite(layer, channel);
  const expectation = sum / length;
  let deviations = 0;
  for (let place = start; place < start + length; place++) deviations += (weights[place]! - expectation) ** 2;
  return {
    expectation,
    variance: deviations / length,
    // Rounding may carry a constant filter a hair beyond the ends.
    direction: squares === 0 ? 1 : Math.min(2, Math.max(0, 1 - sum / (Math.sqrt(squares) * Math.sqrt(length)))),
  };
}

/**
 * One point for each of `channels` with the three scores of its filter in every layer that makes it, [channels, 3 · layers], each column on one
 * scale: `min-max` from 0 to 1, `z-score` with mean 0 and variance 1. A column in which all agree is all zeros.
 */
export function channelFeatures(banks: readonly FilterBank[], channels: readonly number[], normalisation: 'min-max' | 'z-score'): Points {
  const columns = banks.flatMap((bank) => {
    const scores = channels.map((channel) => filterScores(bank, channel));
    const meanSquare = scores.reduce((most, { expectation, variance }) => Math.max(most, expectation ** 2 + variance), 0);
    return [
      { scores: scores.map(({ expectation }) => expectation), magnitude: Math.sqrt(meanSquare) },
      { scores: scores.map(({ variance }) => variance), magnitude: meanSquare },
      { scores: scores.map(({ direction }) => direction), magnitude: 1 },
    ];
  });
  const values = new Float64Array(channels.length * columns.length);
  columns.forEach(({ scores, magnitude }, k) => {
    const { offset, scale } = normalisation === 'min-max' ? rangeOf(scores) : spreadOf(scores);
    // Constant filters differ in variance and direction by rounding alone; on a scale of its own that would be told apart like any difference.
    const agree = scale <= roundingShare * magnitude;
    scores.forEach((value, row) => (values[row * columns.length + k] = agree ? 0 : (value - offset) / scale));
  });
  return { count: channels.length, dimensions: columns.length, values };
}

/** Differences below this share of the scores' magnitude are rounding. */
const roundingShare = 1e-12;

function rangeOf(column: readonly number[]): { offset: number; scale: number } {
  const least = column.reduce((a, b) => Math.min(a, b), Infinity);
  const most = column.reduce((a, b) => Math.max(a, b), -Infinity);
  return { offset: least, scale: most - least };
}

function spreadOf(column: readonly number[]): { offset: number; scale: number } {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
  return { offset: mean, scale: Math.sqrt(variance) };
}
