import { createGenerator } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import type { FilterBank } from '../../observation/filters.ts';
import { combinedScaling, expectationScaling } from './psi.ts';
import { selectSurvivors } from './select.ts';
import { similarityIndices, twoStepIndices } from './similarity.ts';

const bank = (rows: readonly (readonly number[])[], biases: readonly number[] | null = null): FilterBank => ({
  layer: 'conv',
  channels: rows.length,
  length: rows[0]!.length,
  window: [1, rows[0]!.length],
  copies: 1,
  weights: Float32Array.from(rows.flat()),
  biases: biases === null ? null : Float32Array.from(biases),
});

/** E[x ∗ w] / E[x] of an n × n image and a 3 × 3 kernel, windows that fit inside only. */
function measuredScaling(image: (row: number, column: number) => number, size: number, kernel: readonly number[]): number {
  let output = 0;
  let input = 0;
  for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) input += image(row, column);
  for (let row = 0; row + 2 < size; row++)
    for (let column = 0; column + 2 < size; column++)
      kernel.forEach((weight, place) => (output += weight * image(row + Math.floor(place / 3), column + (place % 3))));
  return output / (size - 2) ** 2 / (input / size ** 2);
}

describe('the expectation scaling factor Ψ', () => {
  const kernel = [0.25, -0.5, 0.125, 1, -0.75, 0.5, -0.25, 0.375, -1.5];

  it('is the sum of a filter’s weights and its bias', () => {
    expect([...expectationScaling(bank([kernel, [1, 2, 3, 4, 5, 6, 7, 8, 9]], [0.5, -5]), true)]).toEqual([-0.25, 40]);
    expect([...expectationScaling(bank([kernel, [1, 2, 3, 4, 5, 6, 7, 8, 9]], [0.5, -5]), false)]).toEqual([-0.75, 45]);
  });

  it('is how much a filter scales the mean of a constant image, exactly', () => {
    expect(measuredScaling(() => 0.7, 12, kernel)).toBeCloseTo(-0.75, 12);
  });

  it('is nearly how much a filter scales the mean of a random image', () => {
    const generator = createGenerator(4, 'image');
    const pixels = Array.from({ length: 34 * 34 }, () => generator.uniform());
    expect(measuredScaling((row, column) => pixels[row * 34 + column]!, 34, kernel)).toBeCloseTo(-0.75, 1);
  });

  it('of a sum of layers is the mean, each layer divided by its largest magnitude', () => {
    const combined = combinedScaling([Float64Array.of(2, -4, 1), Float64Array.of(10, 10, -5), Float64Array.of(0, 0, 0)]);
    expect([...combined]).toEqual([(0.5 + 1) / 3, (-1 + 1) / 3, (0.25 - 0.5) / 3]);
  });

  it('refuses weights that are not finite, by name', () => {
    expect(() =>
      expectationScaling(
        bank([
          [1, 2],
          [Number.NaN, 1],
        ]),
        true,
      ),
    ).toThrow(expect.objectContaining({ code: 'BAD_NETWORK', message: 'layer conv: the weights of channel 1 are not finite' }));
  });
});

describe('the similarity index S', () => {
  const indices = (psi: readonly number[], scale: 'largest-magnitude' | 'signed-maximum' = 'signed-maximum') => [
    ...similarityIndices(Float64Array.from(psi), { levels: 13, scale }),
  ];

  it('has the values of the authors’ code', () => {
    expect(indices([-2, -1, -0.5, -0.1, 0, 0.05, 0.1, 0.25, 0.5, 0.75, 1])).toEqual([-6, -5, -3, -1, 0, 0, 1, 2, 3, 4, 5]);
  });

  it('turns the signs around under a negative signed maximum, as the authors’ code does', () => {
    expect(indices([-3, -2, -1])).toEqual([6, 6, 5]);
  });

  it('keeps the signs under the largest magnitude', () => {
    expect(indices([-3, -2, -1], 'largest-magnitude')).toEqual([-5, -4, -2]);
    expect(indices([-2, -1, 0, 1], 'largest-magnitude')).toEqual([-5, -3, 0, 3]);
  });

  it('is 0 for every channel of a layer of zeros', () => {
    expect(indices([0, 0, 0])).toEqual([0, 0, 0]);
    expect(indices([0, 0, 0], 'largest-magnitude')).toEqual([0, 0, 0]);
  });

  it('is the asymptote for negative Ψ under a maximum of zero', () => {
    expect(indices([-3, 0, -1e-9])).toEqual([-6, 0, -6]);
  });
});

describe('the second binning of the authors, for ResNet-50', () => {
  const psi = Float64Array.of(1, 0.9, 0.6, 0.3, 0.1, 0, -0.2, -0.5, -1, -2);

  // The lines of the authors' code, run in NumPy.
  it.each([
    [1, [1, 1, 1, 0, 0, 0, 0, 0, -1, -2]],
    [7, [1, 1, 1, 0, 0, 0, 0, -1, -1, -2]],
    [13, [1, 1, 1, 1, 0, 0, 0, -1, -1, -2]],
    [24, [-1, -1, -1, 0, 0, 0, 0, 0, 1, 1]],
    [53, [-1, -1, 0, 0, 0, 0, 0, 0, 1, 1]],
  ])('of convolution %i has the values of the authors’ code', (convolution, indices) => {
    expect([...twoStepIndices(psi, convolution)]).toEqual(indices);
  });

  it('of the twentieth convolution, where the authors divide 0 by 0, tells no kernel apart', () => {
    expect([...twoStepIndices(psi, 20)]).toEqual(Array<number>(10).fill(0));
  });
});

describe('the random choice among look-alikes', () => {
  const select = (bins: readonly number[], keep: number, { seed = 1, dead = [] as number[], chances = null as number[] | null } = {}) =>
    selectSurvivors({
      bins: Int32Array.from(bins),
      isDead: bins.map((_, channel) => dead.includes(channel)),
      keep,
      chances,
      generator: (bin) => createGenerator(seed, 'select', 1, 'group', bin),
    });

  it('leaves each bin its share', () => {
    const bins = [0, 0, 0, 0, 3, 3, 3, 3, -2, -2];
    const kept = select(bins, 5);
    expect(kept.map((channel) => bins[channel]).sort()).toEqual([-2, 0, 0, 3, 3]);
  });

  it('keeps a channel that is alone in its bin', () => {
    for (let seed = 0; seed < 20; seed++) expect(select([0, 0, 0, 0, 0, 5], 2, { seed })).toContain(5);
  });

  it('is the same for the same seed and differs between seeds', () => {
    const bins = Array.from({ length: 64 }, (_, channel) => channel % 4);
    expect(select(bins, 32)).toEqual(select(bins, 32));
    expect(select(bins, 32)).not.toEqual(select(bins, 32, { seed: 2 }));
  });

  it('in one bin does not depend on the other bins', () => {
    const first = select([1, 1, 1, 1, 0, 0, 0, 0], 4).filter((channel) => channel < 4);
    const second = select([1, 1, 1, 1, 7, 7, 9, 9], 4).filter((channel) => channel < 4);
    expect(second).toEqual(first);
  });

  it('among constant filters is a plain random one', () => {
    const kept = select(Array<number>(16).fill(5), 8);
    expect(kept).toHaveLength(8);
    expect(kept).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('removes zero filters first', () => {
    expect(select([0, 0, 0, 0, 4], 3, { dead: [1, 2] })).toEqual([0, 3, 4]);
  });

  it('keeps some zero filters where nothing else is left', () => {
    const kept = select([0, 0, 0, 0], 3, { dead: [0, 1, 2] });
    expect(kept).toHaveLength(3);
    expect(kept).toContain(3);
    expect(select([0, 0, 0, 0], 2, { dead: [0, 1, 2, 3] })).toHaveLength(2);
  });

  it('keeps the one channel of one', () => {
    expect(select([2], 1)).toEqual([0]);
  });

  it('by chances prefers large ones', () => {
    for (let seed = 0; seed < 20; seed++) expect(select([1, 1, 1, 1], 2, { seed, chances: [1e-9, 1, 1e-9, 1] })).toEqual([1, 3]);
  });
});
