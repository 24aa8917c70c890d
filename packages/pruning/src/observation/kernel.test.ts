import { createGenerator } from '@espalier/core';
import type { GroupMember } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { gatherFilters, type KernelLayout, sumsOfPowers } from './kernel.ts';

const memberOf = (indices: readonly number[], multiplicity: number): GroupMember => ({
  layer: 'conv',
  role: 'out',
  multiplicity,
  indices: Int32Array.from(indices),
});

/** More rows than are read at once, and no multiple of it, nor of the four rows of a step. */
const kernels: readonly { name: string; layout: KernelLayout; indices: readonly number[]; multiplicity: number }[] = [
  { name: 'a convolution', layout: { outer: 3 * 3 * 7, outputs: 5, inner: 1 }, indices: [0, 1, 2, 3, 4], multiplicity: 1 },
  { name: 'a part of the filters of one', layout: { outer: 37, outputs: 6, inner: 1 }, indices: [1, 2, 5], multiplicity: 1 },
  { name: 'a grouped convolution', layout: { outer: 18, outputs: 6, inner: 1 }, indices: [0, 3, 1, 4, 2, 5], multiplicity: 2 },
  { name: 'a transposed convolution', layout: { outer: 4, outputs: 5, inner: 3 }, indices: [0, 1, 2, 3, 4], multiplicity: 1 },
  { name: 'fewer rows than one step', layout: { outer: 2, outputs: 4, inner: 1 }, indices: [0, 1, 2, 3], multiplicity: 1 },
];

describe.each(kernels)('the filters of $name', ({ layout, indices, multiplicity }) => {
  const { outer, outputs, inner } = layout;
  const generator = createGenerator(1, 'kernel');
  const values = Float32Array.from({ length: outer * outputs * inner }, () => generator.normal());
  const member = memberOf(indices, multiplicity);
  const filterOf = (output: number): number[] =>
    Array.from({ length: outer * inner }, (_, place) => values[(Math.floor(place / inner) * outputs + output) * inner + (place % inner)]!);

  it('are gathered one after the other', () => {
    const { length, weights } = gatherFilters(values, layout, member);
    expect(length).toBe(outer * inner * multiplicity);
    expect([...weights]).toEqual(indices.flatMap(filterOf));
  });

  it.each([1, 2] as const)('add up their powers of order %i as the gathered ones do', (order) => {
    const channels = indices.length / multiplicity;
    const sums = sumsOfPowers(values, layout, member, channels, order);
    for (let channel = 0; channel < channels; channel++) {
      const filters = indices.slice(channel * multiplicity, (channel + 1) * multiplicity).flatMap(filterOf);
      const expected = filters.reduce((sum, weight) => sum + Math.abs(weight) ** order, 0);
      // The same double-precision additions in another order.
      expect(Math.abs(sums[channel]! - expected)).toBeLessThanOrEqual(1e-12 * expected);
    }
  });
});
