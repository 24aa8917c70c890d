import { createGenerator } from '@espalier/core';
import { pointsFrom } from '../../clustering/index.ts';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { planPruning } from '../../plan.ts';
import type { FilterBank } from '../../observation/filters.ts';
import { channelFeatures, filterScores } from './features.ts';
import { leastCrowded } from './select.ts';

const bank = (rows: readonly (readonly number[])[]): FilterBank => ({
  layer: 'conv',
  channels: rows.length,
  length: rows[0]!.length,
  window: [1, 1],
  copies: 1,
  weights: Float32Array.from(rows.flat()),
  biases: null,
});

describe('the three scores of a filter', () => {
  // methods.md §1.7, computed with NumPy.
  it.each([
    [[1, 2, 3, 4], 2.5, 1.25, 0.087129],
    [[-1, -1, -1, -1], -1, 0, 2],
    [[1, -1, 1, -1], 0, 1, 1],
    [[0, 0, 0, 0], 0, 0, 1],
    [[5, 5, 5, 5], 5, 0, 0],
  ])('of %j are expectation %f, variance %f and direction %f', (filter, expectation, variance, direction) => {
    const scores = filterScores(bank([filter]), 0);
    expect(scores.expectation).toBeCloseTo(expectation, 6);
    expect(scores.variance).toBeCloseTo(variance, 6);
    expect(scores.direction).toBeCloseTo(direction, 6);
  });

  it('are refused for weights that are not finite, by layer and channel', () => {
    expect(() => filterScores(bank([[1], [Number.POSITIVE_INFINITY]]), 1)).toThrow(
      expect.objectContaining({ code: 'BAD_NETWORK', message: 'layer conv: the weights of channel 1 are not finite' }),
    );
  });

  it('are brought to one scale column by column; where all agree the column is zero', () => {
    // E: 1, 2, 3; Var: all 0; D: all 0.
    const banks = [
      bank([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
    ];
    expect([...channelFeatures(banks, [0, 1, 2], 'min-max').values]).toEqual([0, 0, 0, 0.5, 0, 0, 1, 0, 0]);
    const spread = Math.sqrt(1.5);
    expect([...channelFeatures(banks, [0, 1, 2], 'z-score').values].map((value) => Number(value.toFixed(9)))).toEqual(
      [-spread, 0, 0, 0, 0, 0, spread, 0, 0].map((value) => Number(value.toFixed(9))),
    );
  });

  it('of a channel that several layers make are those of every layer', () => {
    const features = channelFeatures(
      [
        bank([
          [1, 2],
          [3, 9],
        ]),
        bank([[0], [1]]),
      ],
      [0, 1],
      'min-max',
    );
    expect(features).toMatchObject({ count: 2, dimensions: 6 });
  });
});

describe('the least crowded of each cluster', () => {
  const features = pointsFrom([
    [0, 0, 0],
    [1, 2, 1],
    [2, 1, 4],
    [4, 4, 3],
    [10, 5, 5],
  ]);
  const select = (keep: number, thinning: 'one-by-one' | 'at-once' = 'one-by-one', norms = [1, 1, 1, 1, 1]) =>
    leastCrowded({ features, labels: Int32Array.of(0, 0, 0, 0, 0), keep, thinning, normOf: (point) => norms[point]! });

  it('goes last: crowding is ∞, 1.4, 1.1, 2, ∞', () => {
    expect(select(4)).toEqual([0, 1, 3, 4]);
    expect(select(3, 'at-once')).toEqual([0, 3, 4]);
    // Without the third point the second has (4 + 4 + 3) / (10, 5, 5) = 1.8 and the fourth (9 + 3 + 4) / (10, 5, 5) = 2.3.
    expect(select(3)).toEqual([0, 3, 4]);
  });

  it('of equally crowded ones is the heavier, then the lower', () => {
    expect(select(1, 'one-by-one', [1, 9, 9, 9, 2])).toEqual([4]);
    expect(select(1)).toEqual([0]);
  });
});

describe('MCICP', () => {
  /** Filters of two weights over two channels of one pixel. */
  function network(rows: readonly (readonly [number, number])[]) {
    const net = new TopologyBuilder('rows', [1, 1, 2]);
    const features = net.conv(net.input, 'conv', rows.length, { size: 1 });
    const built = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
    const kernel = built.weights.find(({ name }) => name === 'conv/kernel')!.values;
    rows.forEach(([first, second], channel) => {
      kernel[channel] = first;
      kernel[rows.length + channel] = second;
    });
    return built;
  }
  const plan = (rows: readonly (readonly [number, number])[], keep: number, settings: Record<string, unknown> = {}) =>
    planPruning({
      network: network(rows),
      networkDigest: 'c'.repeat(64),
      method: { name: 'mcicp', settings },
      target: { measure: 'macs', reductionRatio: 1 - (keep + 0.5) / rows.length },
      seed: 3,
      round: 1,
    }).plan;

  it('finds as many centres as there are kinds of filters, and keeps some of each', () => {
    const kinds = [
      [1, 1.1],
      [-1, -1.2],
      [3, -3],
    ] as const;
    const generator = createGenerator(1, 'jitter');
    const rows = Array.from({ length: 12 }, (_, row): [number, number] => {
      const [first, second] = kinds[row % 3]!;
      return [first + 0.01 * generator.uniform(), second + 0.01 * generator.uniform()];
    });
    const { keep, clusters, provenance } = plan(rows, 6);
    expect(clusters!['conv']).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(keep['conv']!.map((channel) => channel % 3).sort()).toEqual([0, 0, 1, 1, 2, 2]);
    expect(provenance).toMatchObject({ clustering: { conv: { algorithm: 'k-means++', centres: 3, silhouette: expect.any(Number) } } });
  });

  it('takes the number of centres that a search by accuracy has found', () => {
    const rows = [
      [1, 1],
      [2, 2],
      [3, -3],
      [4, 4],
      [-5, 5],
      [6, 1],
    ] as const;
    expect(plan(rows, 3, { centres: { conv: 2 } }).provenance).toMatchObject({ clustering: { conv: { centres: 2 } } });
    // More centres than channels to keep would leave clusters without anyone.
    expect(plan(rows, 2, { centres: { conv: 6 } }).provenance).toMatchObject({ clustering: { conv: { centres: 2 } } });
  });

  it('removes zero filters first, and keeps some where nothing else is left', () => {
    const rows = [
      [0, 0],
      [1, 1],
      [0, 0],
      [2, 1],
    ] as const;
    expect(plan(rows, 2).keep['conv']).toEqual([1, 3]);
    expect(plan(rows, 2).clusters!['conv']!.filter((label) => label === -1)).toHaveLength(2);
    expect(plan(rows, 3).keep['conv']).toEqual([0, 1, 3]);
  });

  it('of filters that are all alike keeps the first', () => {
    const { keep, clusters } = plan(
      [
        [2, 2],
        [2, 2],
        [2, 2],
        [2, 2],
      ],
      2,
    );
    expect(clusters!['conv']).toEqual([0, 0, 0, 0]);
    expect(keep['conv']).toEqual([0, 1]);
  });

  it('of nothing but zero filters keeps the first', () => {
    expect(
      plan(
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        2,
      ).keep['conv'],
    ).toEqual([0, 1]);
  });
});
