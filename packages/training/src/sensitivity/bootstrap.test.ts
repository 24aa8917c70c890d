import { describe, expect, it } from 'vitest';
import { averagePrecisionAt } from '../detection/evaluate/curve.ts';
import { Recount } from '../detection/evaluate/recount.ts';
import { PictureBootstrap, precisionChange, precisionEstimate } from './bootstrap.ts';

const pictures = 400;
const places = Array.from({ length: pictures }, (_, place) => place);
const bootstrap = () => new PictureBootstrap({ dataset: 'd'.repeat(64), split: 'validation', images: pictures });

/** One object in each picture, found in the given ones, and nothing false: average precision is the share that is found. */
const finding = (found: readonly number[]) => {
  const recount = new Recount([{ objects: places, ranked: found.map((picture) => ({ picture, hit: true })) }]);
  const precision = averagePrecisionAt(
    found.map(() => 1),
    pictures,
  );
  return [precision, bootstrap().resample(recount)] as const;
};

describe('the interval of a mean average precision', () => {
  const before = finding(places.filter((place) => place % 10 < 7));

  it('is that of a share where it is one', () => {
    const { area } = precisionEstimate(...before);
    expect(area.estimate).toBeCloseTo(0.7, 12);
    // 1.96 standard errors of √(0.7 · 0.3 / 400) = 0.0229; a resample's shares are multiples of 1/400, and ends are uncertain by a twelfth of 0.0229.
    expect(area.low).toBeGreaterThan(0.7 - 0.0449 - 0.008);
    expect(area.low).toBeLessThan(0.7 - 0.0449 + 0.008);
    expect(area.high).toBeGreaterThan(0.7 + 0.0449 - 0.008);
    expect(area.high).toBeLessThan(0.7 + 0.0449 + 0.008);
  });

  it('of a change is that of matched pictures', () => {
    // 40 of the 280 are not found any more: the difference has a standard error of √(0.1 · 0.9 / 400) = 0.015. Of pictures that are not matched it would be 0.034.
    const { area } = precisionChange(before, finding(places.filter((place) => place % 10 < 6)));
    expect(area.estimate).toBeCloseTo(-0.1, 12);
    expect(area.low).toBeGreaterThan(-0.1 - 0.0294 - 0.006);
    expect(area.low).toBeLessThan(-0.1 - 0.0294 + 0.006);
    expect(area.high).toBeGreaterThan(-0.1 + 0.0294 - 0.006);
    expect(area.high).toBeLessThan(-0.1 + 0.0294 + 0.006);
  });

  it('is the same whenever it is asked for, and others of other pictures', () => {
    const again = finding(places.filter((place) => place % 10 < 7));
    expect(precisionEstimate(...again)).toEqual(precisionEstimate(...before));
    const elsewhere = new PictureBootstrap({ dataset: 'e'.repeat(64), split: 'validation', images: pictures });
    const recount = new Recount([{ objects: places, ranked: places.slice(100).map((picture) => ({ picture, hit: true })) }]);
    expect(elsewhere.resample(recount)).not.toEqual(bootstrap().resample(recount));
  });

  it('leaves resamples out in which there is nothing to find', () => {
    // Of four pictures one has its objects, half of which are found: a resample without that one has nothing to say, every other says the same.
    const four = new PictureBootstrap({ dataset: 'd'.repeat(64), split: 'training', images: 4 });
    const resampled = four.resample(new Recount([{ objects: [2, 2], ranked: [{ picture: 2, hit: true }] }]));
    // (3/4)⁴ = 0.316, with a standard error of 0.015 over a thousand.
    expect(resampled.filter((precision) => precision === null).length / resampled.length).toBeCloseTo(0.316, 1);
    expect(precisionEstimate(averagePrecisionAt([1], 2), resampled).area).toEqual({ estimate: 0.5, low: 0.5, high: 0.5 });
  });
});
