import { expect, it } from 'vitest';
import { createGenerator } from '../random/generator.ts';
import { bootstrapInterval, pairedDifference, percentileInterval, wilsonInterval } from './interval.ts';
import { hypervolume, paretoFront, type Tradeoff } from './pareto.ts';

const points: Tradeoff[] = [
  { cost: 0.5, value: 0.9 },
  { cost: 0.25, value: 0.7 },
  { cost: 0.5, value: 0.8 },
  { cost: 0.75, value: 0.9 },
  { cost: 0.75, value: 0.95 },
];

it('keeps the points that nothing dominates, by cost', () => {
  expect(paretoFront(points)).toEqual([points[1], points[0], points[4]]);
  expect(paretoFront([])).toEqual([]);
});

it('measures the dominated area: 0.25 · 0.7 + 0.25 · 0.9 + 0.25 · 0.95', () => {
  expect(hypervolume(points, { cost: 1, value: 0 })).toBeCloseTo(0.6375, 12);
  expect(hypervolume([{ cost: 1, value: 1 }], { cost: 1, value: 0 })).toBe(0);
});

it('agrees with counting random places under the front', () => {
  const generator = createGenerator(5, 'pareto');
  const cloud = Array.from({ length: 12 }, () => ({ cost: generator.uniform(), value: generator.uniform() }));
  const places = 200_000;
  let dominated = 0;
  for (let place = 0; place < places; place++) {
    const [cost, value] = [generator.uniform(), generator.uniform()];
    if (cloud.some((point) => point.cost <= cost && point.value >= value)) dominated++;
  }
  // Three standard deviations of a share counted at 200,000 places are at most 0.0034.
  expect(Math.abs(hypervolume(cloud, { cost: 1, value: 0 }) - dominated / places)).toBeLessThan(0.0034);
});

it('never grows smaller when a point is added', () => {
  const generator = createGenerator(6, 'pareto');
  const cloud: Tradeoff[] = [];
  let area = 0;
  for (let count = 0; count < 50; count++) {
    cloud.push({ cost: generator.uniform(), value: generator.uniform() });
    const grown = hypervolume(cloud, { cost: 1, value: 0 });
    expect(grown).toBeGreaterThanOrEqual(area);
    area = grown;
  }
});

it('gives the score interval of a proportion', () => {
  // From the closed form for 9 of 10: (0.9 + 0.19207 ± 1.95996·√(0.009 + 0.0096036)) / 1.38415.
  const { estimate, low, high } = wilsonInterval(9, 10);
  expect(estimate).toBe(0.9);
  expect(low).toBeCloseTo(0.59585, 5);
  expect(high).toBeCloseTo(0.98212, 5);
  expect(wilsonInterval(10, 10).high).toBe(1);
  expect(wilsonInterval(0, 10).low).toBe(0);
  expect(() => wilsonInterval(1, 0)).toThrow('no proportion');
});

it('holds a proportion in about 95 of 100 samples', () => {
  const generator = createGenerator(7, 'wilson');
  let held = 0;
  for (let repetition = 0; repetition < 2000; repetition++) {
    let successes = 0;
    for (let trial = 0; trial < 60; trial++) if (generator.uniform() < 0.9) successes++;
    const { low, high } = wilsonInterval(successes, 60);
    if (low <= 0.9 && 0.9 <= high) held++;
  }
  // The level of this interval at n = 60, p = 0.9 is near 0.95; three standard deviations of 2,000 repetitions are 0.015.
  expect(held / 2000).toBeGreaterThan(0.925);
  expect(held / 2000).toBeLessThan(0.985);
});

it('compares two measurements of the same things', () => {
  const same = pairedDifference(0, 0, 100);
  expect(same.estimate).toBe(0);
  expect(same.low).toBeLessThan(0);
  expect(same.low).toBeCloseTo(-same.high, 12);
  const worse = pairedDifference(2, 20, 100);
  expect(worse.estimate).toBeCloseTo(-0.18, 12);
  expect(worse.high).toBeLessThan(0);
});

it('bootstraps a statistic, the same for the same seed', () => {
  const sample = Array.from({ length: 400 }, (_, index) => index % 20);
  const mean = (members: readonly number[]): number => members.reduce((sum, value) => sum + value, 0) / members.length;
  const interval = bootstrapInterval(sample, mean, createGenerator(8, 'bootstrap'));
  // The standard error of this mean is √(33.25 / 400) = 0.288, so the interval is 9.5 ± 0.565; a tenth of it is the noise of 2,000 resamples.
  expect(interval.estimate).toBe(9.5);
  expect(interval.low).toBeGreaterThan(8.86);
  expect(interval.low).toBeLessThan(9.0);
  expect(interval.high).toBeGreaterThan(10.0);
  expect(interval.high).toBeLessThan(10.14);
  expect(bootstrapInterval(sample, mean, createGenerator(8, 'bootstrap'))).toEqual(interval);
});

it('leaves a fortieth of the resamples out at either end', () => {
  const values = Array.from({ length: 200 }, (_, index) => (index * 7) % 200);
  expect(percentileInterval(100, values)).toEqual({ estimate: 100, low: 5, high: 195 });
  expect(() => percentileInterval(1, [])).toThrow('at least one resample');
});
