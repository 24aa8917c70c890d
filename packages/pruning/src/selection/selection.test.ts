import { createGenerator } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestScores } from './largest.ts';
import { keepQuotas } from './quota.ts';
import { roundHalfToEven } from './rounding.ts';
import { median } from './median.ts';
import { weightedSample } from './sample.ts';

describe('rounding', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-6.5, -6],
    [4.95, 5],
    [-4.95, -5],
  ])('takes %f to %i', (value, rounded) => {
    expect(roundHalfToEven(value)).toBeCloseTo(rounded, 12);
  });
});

describe('quotas of clusters', () => {
  it.each([
    ['in proportion to their sizes', [4, 8, 12], 12, [2, 4, 6]],
    ['the rest by the largest fractional parts', [5, 5, 6], 8, [3, 2, 3]],
    ['at least one each', [20, 1, 1], 11, [9, 1, 1]],
    ['taken back from the one that has several', [10, 1, 1, 1], 4, [1, 1, 1, 1]],
    ['the largest clusters where there are fewer places than clusters', [1, 5, 3, 5], 2, [0, 1, 0, 1]],
    ['the lower cluster of equals', [2, 2, 2], 4, [2, 1, 1]],
    ['everything', [3, 1], 4, [3, 1]],
    ['nothing', [3, 1], 0, [0, 0]],
  ])('are %s', (_, sizes, keep, quotas) => {
    expect(keepQuotas(sizes, keep)).toEqual(quotas);
  });

  it('add up, fit into their clusters and leave none empty that could have one', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (clusters, ratio) => {
        const total = clusters.reduce((sum, size) => sum + size, 0);
        const keep = Math.round(ratio * total);
        const quotas = keepQuotas(clusters, keep);
        expect(quotas.reduce((sum, quota) => sum + quota, 0)).toBe(keep);
        quotas.forEach((quota, cluster) => {
          expect(quota).toBeLessThanOrEqual(clusters[cluster]!);
          if (keep >= clusters.length) expect(quota).toBeGreaterThanOrEqual(1);
        });
      }),
    );
  });

  it('refuse to keep more than there is', () => {
    expect(() => keepQuotas([2, 1], 4)).toThrow(RangeError);
  });
});

describe('the largest scores', () => {
  it('stay, in ascending order of channels', () => {
    expect(largestScores([0.3, 0.9, 0.1, 0.5], 2)).toEqual([1, 3]);
  });

  it('of equals the higher channels stay', () => {
    expect(largestScores([1, 1, 1, 3], 2)).toEqual([2, 3]);
  });

  it('that are no numbers go first', () => {
    expect(largestScores([Number.NaN, 2, -Infinity, 1, Number.NaN], 3)).toEqual([1, 3, 4]);
  });

  it('are as many as asked for, and none of the others is larger', () => {
    const someScores = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true })), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(someScores, fc.nat(), (scores, some) => {
        const kept = largestScores(scores, some % (scores.length + 1));
        expect(kept).toHaveLength(some % (scores.length + 1));
        const gone = scores.filter((_, channel) => !kept.includes(channel));
        expect(kept.every((channel) => gone.every((score) => score <= scores[channel]!))).toBe(true);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
      }),
      { seed: 1 },
    );
  });
});

describe('a weighted sample', () => {
  it('draws as many as asked, in the order of the items, the same for the same seed', () => {
    const draw = () => weightedSample([7, 3, 9, 4], [1, 2, 3, 4], 3, createGenerator(5, 'test'));
    expect(draw()).toHaveLength(3);
    expect(draw()).toEqual(draw());
    const drawn = draw();
    expect([7, 3, 9, 4].filter((item) => drawn.includes(item))).toEqual(drawn);
  });

  it('draws a weight of zero only when nothing else is left', () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(weightedSample([0, 1, 2], [0, 1e-6, 5], 2, createGenerator(seed, 'test'))).toEqual([1, 2]);
      expect(weightedSample([0, 1, 2], [0, 1, 5], 3, createGenerator(seed, 'test'))).toEqual([0, 1, 2]);
    }
  });

  it('draws in proportion to the weights', () => {
    const generator = createGenerator(1, 'test');
    const draws = Array.from({ length: 4000 }, () => weightedSample([0, 1], [1, 3], 1, generator)[0]!);
    expect(draws.filter((item) => item === 1).length / draws.length).toBeCloseTo(0.75, 1);
  });
});

describe('the median', () => {
  it('is the one in the middle, or the mean of the two', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }), (numbers) => {
        const sorted = [...numbers].sort((a, b) => a - b);
        const middle = (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
        expect(median(Float64Array.from(numbers)) === middle).toBe(true);
      }),
    );
    expect(median(new Float64Array(0))).toBe(0);
  });
});
