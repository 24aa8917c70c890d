import fc from 'fast-check';
import { expect, it } from 'vitest';
import { niceTicks } from './nice-ticks.ts';

it.each([
  [0, 2.37, 5, [0, 1, 2, 3]],
  [0, 0.1, 3, [0, 0.05, 0.1]],
  [0.8, 1, 5, [0.8, 0.85, 0.9, 0.95, 1]],
  [10, 2700, 6, [0, 1000, 2000, 3000]],
  [5, 5, 4, [4, 6]],
])('from %d to %d, about %d of them: %j', (low, high, count, ticks) => expect(niceTicks(low, high, count)).toEqual(ticks));

it('reaches from below the lowest to above the highest value, with few ticks', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      fc.pre(high - low > 1e-3);
      const ticks = niceTicks(low, high, 5);
      expect(ticks[0]).toBeLessThanOrEqual(low + (high - low) * 1e-6);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - (high - low) * 1e-6);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(7);
    }),
  );
});
