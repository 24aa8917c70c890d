import { describe, expect, it } from 'vitest';
import { createGenerator, Generator, restoreGenerator } from './generator.ts';

describe('a seeded generator', () => {
  // The reference implementation's first outputs from the state {1, 2, 3, 4}, worked out by hand for the first:
  // rotl(2 · 5, 7) · 9 = (10 << 7) · 9 = 1280 · 9 = 11520.
  it('is xoshiro128**', () => {
    const generator = new Generator([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, () => generator.uint32())).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('gives the same numbers for the same seed and purpose, others for another', () => {
    const draw = (...purpose: (string | number)[]) => {
      const generator = createGenerator(7, ...purpose);
      return Array.from({ length: 8 }, () => generator.uint32());
    };
    expect(draw('shuffle')).toEqual(draw('shuffle'));
    expect(draw('shuffle')).not.toEqual(draw('init'));
    expect(draw('select', 1)).not.toEqual(draw('select', '1'));
  });

  it('goes on from a stored state as if it had never stopped', () => {
    const original = createGenerator(3, 'augment');
    for (let drawn = 0; drawn < 1000; drawn++) original.normal();
    const restored = restoreGenerator(JSON.parse(JSON.stringify(original.state())));
    expect(Array.from({ length: 100 }, () => restored.uniform())).toEqual(Array.from({ length: 100 }, () => original.uniform()));
  });

  // 60,000 draws over 6 faces: the chi-squared statistic with 5 degrees of freedom exceeds 25.7 once in ten thousand seeds.
  it('draws integers evenly', () => {
    const generator = createGenerator(11, 'dice');
    const counts = [0, 0, 0, 0, 0, 0];
    for (let drawn = 0; drawn < 60_000; drawn++) counts[generator.integer(6)]! += 1;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(25.7);
  });

  // Means of 100,000 draws: five standard errors are 5/√100,000 ≈ 0.016 for the mean and 5·√2/√100,000 ≈ 0.022 for the variance.
  it('draws normal numbers with mean 0 and variance 1', () => {
    const generator = createGenerator(5, 'noise');
    const drawn = Array.from({ length: 100_000 }, () => generator.normal());
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.016);
    expect(Math.abs(variance - 1)).toBeLessThan(0.022);
  });

  it('permutes without losing or doubling, and samples in order', () => {
    const generator = createGenerator(2, 'shuffle');
    expect([...generator.permutation(1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    const sample = generator.sample(['a', 'b', 'c', 'd', 'e'], 3);
    expect(sample).toHaveLength(3);
    expect([...sample].sort()).toEqual(sample);
    expect(() => generator.sample([1], 2)).toThrow('cannot draw 2 of 1');
  });

  it.each([-1, 1.5, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => createGenerator(seed)).toThrow(String(seed));
  });
});
