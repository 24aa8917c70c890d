import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split } from './dataset.ts';
import { stratifiedSubset } from './subset.ts';

const classes = ['0', '1', '2', '3'];
const splitOf = (labels: number[]): Split => ({
  name: 'validation',
  images: { count: labels.length, pixels: new Uint8Array(labels.length), labels: Uint8Array.from(labels) },
  indices: Uint32Array.from(labels, (_, index) => index),
});
const dataset = (digest = 'a'.repeat(64)) => ({ digest, classes });

describe('a stratified subset', () => {
  it('has the size asked for and of each class its share, to one picture', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 2, maxLength: 120 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (labels, part) => {
          const split = splitOf(labels);
          const count = Math.max(1, Math.floor(part * labels.length));
          const { indices } = stratifiedSubset(dataset(), split, count);
          expect(indices.length).toBe(count);
          expect(new Set(indices).size).toBe(count);
          for (let label = 0; label < 4; label++) {
            const exact = (count * labels.filter((other) => other === label).length) / labels.length;
            const taken = indices.filter((index) => labels[index] === label).length;
            expect(Math.abs(taken - exact)).toBeLessThan(1);
          }
        },
      ),
    );
  });

  it('is fixed by the digest of the dataset', () => {
    const split = splitOf(Array.from({ length: 80 }, (_, index) => index % 4));
    expect(stratifiedSubset(dataset(), split, 20)).toEqual(stratifiedSubset(dataset(), split, 20));
    expect(stratifiedSubset(dataset('b'.repeat(64)), split, 20)).not.toEqual(stratifiedSubset(dataset(), split, 20));
  });

  it('is the split itself where that is no larger', () => {
    const split = splitOf([0, 1, 2]);
    expect(stratifiedSubset(dataset(), split, 3)).toBe(split);
  });
});
