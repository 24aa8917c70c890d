import { readFile } from 'node:fs/promises';
import { createGenerator } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Points } from '../points.ts';
import { assembledKernel } from './assemble.ts';
import { innerProducts } from './inner-products.ts';

const pointsOf = (count: number, dimensions: number, seed = 1): Points => {
  const generator = createGenerator(seed, 'test', 'inner products');
  return { count, dimensions, values: Float32Array.from({ length: count * dimensions }, () => generator.normal()) };
};

/** The same sums in the same order, one after the other: over 256 dimensions at a time, the even and the odd ones apart. */
function inOrder({ count, dimensions, values }: Points): Float64Array {
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++)
      for (let first = 0; first < dimensions; first += 256) {
        const sums: [number, number] = [0, 0];
        for (let k = first; k < Math.min(first + 256, dimensions); k++)
          sums[k % 2 === 0 ? 0 : 1] += values[i * dimensions + k]! * values[j * dimensions + k]!;
        products[i * count + j]! += sums[0] + sums[1];
      }
  return products;
}

it('the kernel is what its source assembles to', async () => {
  expect(await readFile(new URL('./kernel.ts', import.meta.url), 'utf8')).toBe(await assembledKernel());
});

describe('the inner products of all pairs', () => {
  it('have the bits of sums taken one after the other, with any number of helpers', () => {
    fc.assert(
      fc.property(
        // Rows are worked on by fours, columns by 64 and dimensions by 256.
        fc.integer({ min: 1, max: 140 }),
        fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 250, max: 260 }), fc.integer({ min: 500, max: 800 })),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 1000 }),
        (count, dimensions, helpers, seed) => {
          const points = pointsOf(count, dimensions, seed);
          expect(Buffer.from(innerProducts(points, { helpers }).buffer).equals(Buffer.from(inOrder(points).buffer))).toBe(true);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('are zeros where points have no dimensions, and nothing where there are no points', () => {
    expect(innerProducts(pointsOf(3, 0))).toEqual(new Float64Array(9));
    expect(innerProducts(pointsOf(0, 5))).toEqual(new Float64Array(0));
  });

  it('belong to the caller alone: the next product leaves them as they are', () => {
    const points = pointsOf(70, 300);
    const products = innerProducts(points);
    const before = products.slice();
    innerProducts(pointsOf(70, 300, 2));
    expect(products).toEqual(before);
    expect(products.buffer).toBeInstanceOf(ArrayBuffer);
  });
});
