import { createGenerator } from '@espalier/core';
import { dependencyGroups, readGraph, uniformWidths } from '@espalier/network';
import { buildZooNetwork, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { completeLinkage, cutAtCount, pairwiseDistances, pointsFrom } from '../../clustering/index.ts';
import type { FilterBank } from '../../observation/filters.ts';
import { observe } from '../../observation/observation.ts';
import { planPruning } from '../../plan.ts';
import { widthBudget } from '../../selection/budget.ts';
import { clustersAt, dendrogramOf } from './dendrogram.ts';
import { filterPoints } from './filter-points.ts';
import { minimiser, thresholdByLagrangian } from './lagrangian.ts';
import { mostDistinct } from './select.ts';
import { type ApssfSettings, ApssfSettingsSchema } from './settings.ts';
import { thresholdByBisection, thresholdCandidates } from './threshold.ts';

/** Filters given as [c][h][w], kept as a bank keeps them: [h, w, c]. */
function bank(filters: readonly (readonly (readonly (readonly number[])[])[])[]): FilterBank {
  const [first] = filters;
  const [inputs, height, width] = [first!.length, first![0]!.length, first![0]![0]!.length];
  const weights = filters.flatMap((filter) =>
    Array.from(
      { length: height * width * inputs },
      (_, k) => filter[k % inputs]![Math.floor(k / inputs / width)]![Math.floor(k / inputs) % width]!,
    ),
  );
  return {
    layer: 'conv',
    channels: filters.length,
    length: weights.length / filters.length,
    window: [height, width],
    copies: 1,
    weights: Float32Array.from(weights),
    biases: null,
  };
}

const distancesOf = (filters: FilterBank, settings: Partial<ApssfSettings> = {}) => {
  const everyChannel = Array.from({ length: filters.channels }, (_, channel) => channel);
  const { count, values } = pairwiseDistances(filterPoints([filters], everyChannel, ApssfSettingsSchema.parse(settings)), 'euclidean');
  return (i: number, j: number) => values[i * count + j]!;
};

describe('the structural distance of filters', () => {
  const a = [
    [
      [1, 0],
      [0, 1],
    ],
    [
      [0, 1],
      [1, 0],
    ],
  ];
  const swapped = [a[1]!, a[0]!];
  const folded = [
    [
      [2, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 2],
    ],
  ];

  // methods.md §4.2, computed with NumPy.
  it('by marginals alone does not see that two channels are swapped, and by weights does', () => {
    const filters = bank([a, swapped, folded]);
    const marginals = distancesOf(filters, { frobeniusShare: 0 });
    expect(marginals(0, 1)).toBe(0);
    expect(marginals(0, 2)).toBeCloseTo(1.732051, 6);
    const frobenius = distancesOf(filters, { distance: 'frobenius' });
    expect(frobenius(0, 1) * Math.sqrt(8)).toBeCloseTo(2.828427, 6);
    expect(distancesOf(filters)(0, 1)).toBeCloseTo(Math.sqrt((0.1 * 8) / 8), 12);
  });

  it('is the formula, for windows of any size', () => {
    const generator = createGenerator(1, 'filters');
    for (const [inputs, height, width] of [
      [3, 3, 2],
      [4, 1, 1],
      [1, 5, 5],
    ] as const) {
      const draw = () =>
        Array.from({ length: inputs }, () =>
          Array.from({ length: height }, () => Array.from({ length: width }, () => Math.fround(generator.normal()))),
        );
      const [x, y] = [draw(), draw()];
      const difference = x.map((rows, c) => rows.map((row, h) => row.map((value, w) => value - y[c]![h]![w]!)));
      const sums = (key: (c: number, h: number, w: number) => string) => {
        const cells = new Map<string, number>();
        difference.forEach((rows, c) =>
          rows.forEach((row, h) => row.forEach((value, w) => cells.set(key(c, h, w), (cells.get(key(c, h, w)) ?? 0) + value))),
        );
        return [...cells.values()].reduce((total, value) => total + value * value, 0) / cells.size;
      };
      const squared =
        sums((_, h, w) => `${h},${w}`) +
        sums((c, _, w) => `${c},${w}`) +
        sums((c, h) => `${c},${h}`) +
        0.1 * sums((c, h, w) => `${c},${h},${w}`);
      expect(distancesOf(bank([x, y]))(0, 1)).toBeCloseTo(Math.sqrt(squared), 9);
    }
  });

  it('without scale sees direction alone', () => {
    const twice = a.map((rows) => rows.map((row) => row.map((value) => 2 * value)));
    expect(distancesOf(bank([a, twice]))(0, 1)).toBeGreaterThan(0.5);
    expect(distancesOf(bank([a, twice]), { scaleFree: true })(0, 1)).toBeCloseTo(0, 7);
  });

  it('is refused for weights that are not finite, by layer and channel', () => {
    expect(() =>
      distancesOf(
        bank([
          a,
          [
            [
              [Number.NaN, 0],
              [0, 0],
            ],
            [
              [0, 0],
              [0, 0],
            ],
          ],
        ]),
      ),
    ).toThrow(expect.objectContaining({ code: 'BAD_NETWORK', message: 'layer conv: the weights of channel 1 are not finite' }));
  });
});

describe('the threshold', () => {
  const network = buildZooNetwork('resnet20', { seed: 2, inputShape: [16, 16, 1] });
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const settings = ApssfSettingsSchema.parse({});
  const dendrograms = observe(network, graph, groups).groups.map((group) => dendrogramOf(group, settings));
  const candidates = thresholdCandidates(dendrograms);
  const budgetFor = (reductionRatio: number) => {
    const target = { measure: 'macs' as const, reductionRatio };
    return widthBudget(graph, groups, uniformWidths(graph, groups, target), { target });
  };

  it('leaves fewer clusters the higher it is, down to one a group', () => {
    for (const dendrogram of dendrograms) {
      const counts = candidates.map((threshold) => clustersAt(dendrogram, threshold));
      counts.forEach((count, index) => expect(count).toBeLessThanOrEqual(counts[index - 1] ?? dendrogram.channels));
      expect(counts[counts.length - 1]).toBe(1);
    }
  });

  it.each([0.2, 0.5, 0.8])('for %f of the MACs is the least that meets the target', (reductionRatio) => {
    const budget = budgetFor(reductionRatio);
    const threshold = thresholdByBisection(dendrograms, candidates, budget)!;
    const index = candidates.indexOf(threshold);
    const widthsAt = (candidate: number) => Object.fromEntries(dendrograms.map((one) => [one.id, clustersAt(one, candidates[candidate]!)]));
    expect(budget.isMet(widthsAt(index))).toBe(true);
    expect(budget.isMet(widthsAt(index - 1))).toBe(false);
  });

  it.each([0.2, 0.5, 0.8])('for %f by the augmented Lagrangian is the same, its rounds ending at most one merge away', (reductionRatio) => {
    const budget = budgetFor(reductionRatio);
    const threshold = thresholdByBisection(dendrograms, candidates, budget);
    expect(Math.abs(minimiser(dendrograms, candidates, budget) - candidates.indexOf(threshold!))).toBeLessThanOrEqual(1);
    expect(thresholdByLagrangian(dendrograms, candidates, budget)).toBe(threshold);
  });
});

describe('who stays in a cluster', () => {
  // Distances on a line: the third is the medoid of the first three.
  const line = pairwiseDistances(pointsFrom([[0], [3], [1], [10], [10.5]]), 'euclidean');
  const labels = Int32Array.of(0, 0, 0, 1, 1);

  it('is the medoid, then those farthest from the others on average', () => {
    expect(mostDistinct(line, labels, 2, () => 1).kept).toEqual([2, 3]);
    expect(mostDistinct(line, labels, 3, () => 1).kept).toEqual([1, 2, 3]);
    expect(mostDistinct(line, labels, 2, () => 1).meanDistances).toEqual([2, 2.5, 1.5, 0.5, 0.5]);
  });

  it('of equals is the heavier', () => {
    expect(mostDistinct(line, labels, 2, (point) => point).kept).toEqual([2, 4]);
  });

  it('of points that are all the same is the first', () => {
    const same = pairwiseDistances(pointsFrom([[1], [1], [1]]), 'euclidean');
    expect(mostDistinct(same, cutAtCount(3, completeLinkage(same), 1), 1, () => 1).kept).toEqual([0]);
  });
});

describe('APSSF', () => {
  /** Filters of one weight over one channel. */
  function plan(filters: readonly number[], keep: number, settings: Record<string, unknown> = {}, seed = 1) {
    const net = new TopologyBuilder('numbers', [1, 1, 1]);
    const features = net.conv(net.input, 'conv', filters.length, { size: 1 });
    const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
    network.weights.find(({ name }) => name === 'conv/kernel')!.values.set(filters);
    return planPruning({
      network,
      networkDigest: 'd'.repeat(64),
      method: { name: 'apssf', settings },
      target: { measure: 'macs', reductionRatio: 1 - (keep + 0.5) / filters.length },
      seed,
      round: 1,
    }).plan;
  }

  it('keeps one of each kind', () => {
    const { keep, clusters } = plan([1, 1.01, 5, 5.02, 5.01, -3], 3);
    expect(clusters!['conv']).toEqual([0, 0, 1, 1, 1, 2]);
    expect(keep['conv']).toEqual([1, 4, 5]);
  });

  it('with more survivors has fewer clusters and deletes of each', () => {
    const { keep, clusters, provenance } = plan([1, 1.01, 1.02, 1.03, 5, 5.01, 5.02, 5.03], 4, { survivors: 2 });
    expect(clusters!['conv']).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(keep['conv']!.filter((channel) => channel < 4)).toHaveLength(2);
    expect(provenance).toMatchObject({ clustering: { conv: { algorithm: 'complete linkage', clusters: 2 } } });
  });

  it('is the same under every seed', () => {
    expect(plan([1, 2, 4, 7, 11], 2, {}, 1).keep).toEqual(plan([1, 2, 4, 7, 11], 2, {}, 2).keep);
  });

  it('removes no more than the target asks for where filters that are the same would make more', () => {
    const filters = [...Array<number>(12).fill(1), 3, 5, 8, 13];
    for (const solver of ['bisection', 'augmented-lagrangian'])
      for (const keep of [4, 5, 11, 15]) expect(plan(filters, keep, { solver }).keep['conv']).toHaveLength(keep);
  });

  it('brings those together that differ, also where most do not', () => {
    const { keep, clusters } = plan([...Array<number>(12).fill(1), 3, 5, 8, 13], 2);
    expect(clusters!['conv']).toEqual([...Array<number>(15).fill(0), 1]);
    expect(keep['conv']).toEqual([0, 15]);
  });

  it('of filters that are all alike keeps the first', () => {
    expect(plan([2, 2, 2, 2], 1).keep['conv']).toEqual([0]);
  });

  it('removes zero filters first, and keeps some where nothing else is left', () => {
    expect(plan([0, 3, 0, 3.1], 2, { scope: 'uniform' }).keep['conv']).toEqual([1, 3]);
    expect(plan([0, 3, 0, 0], 2, { scope: 'uniform' }).keep['conv']).toEqual([0, 1]);
    expect(plan([0, 0, 0, 0], 2).keep['conv']).toEqual([0, 1]);
  });
});
