import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGenerator } from '../random/generator.ts';
import { estimateMedian } from './median.ts';

describe('the median of a sample', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(estimateMedian([5, 1, 3]).median).toBe(3);
    expect(estimateMedian([4, 1, 3, 2]).median).toBe(2.5);
  });

  it('has the interval of the 40th and 61st of a hundred values', () => {
    // (100 − 19.6) / 2 = 40.2, so the 40th smallest and the 40th largest.
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(estimateMedian(hundred)).toEqual({ median: 50.5, low: 40, high: 61 });
  });

  it('lies in its interval, and the interval in the sample', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { median, low, high } = estimateMedian(values);
        expect(low).toBeLessThanOrEqual(median);
        expect(high).toBeGreaterThanOrEqual(median);
        expect(values).toContain(low);
        expect(values).toContain(high);
      }),
    );
  });

  it('covers the true median in about 95 of 100 samples, skewed as they may be', () => {
    const generator = createGenerator(1, 'coverage');
    const trueMedian = Math.LN2;
    let covered = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const { low, high } = estimateMedian(Array.from({ length: 100 }, () => -Math.log(1 - generator.uniform())));
      if (low <= trueMedian && trueMedian <= high) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.94);
    expect(covered / 2000).toBeLessThan(0.985);
  });
});
