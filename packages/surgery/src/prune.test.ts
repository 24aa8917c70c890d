import { EspalierError, type NetworkData } from '@espalier/core';
import { costAfter, dependencyGroups, networkCost, readGraph, widthsAfter } from '@espalier/network';
import { randomPlan, randomTopology, resNetTopology, workedExamples } from '@espalier/network/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../test/evaluate.ts';
import { randomImage, randomNetwork } from '../test/random-network.ts';
import { largestDifference } from '../test/tensor.ts';
import { mask, prune } from './prune.ts';

/**
 * Cut and masked networks add the same numbers in the same order, but for zeros: in double precision they agree to the last bit. The tolerance leaves
 * room for a reference evaluator that sums otherwise.
 */
const tolerance = 1e-12;

function expectPrunedEqualsMasked(network: NetworkData, plan: { keep: Record<string, number[]> }, seed: number): void {
  const image = randomImage(network.topology, seed);
  const pruned = prune(network, plan);
  expect(largestDifference(evaluate(pruned, image), evaluate(mask(network, plan), image))).toBeLessThanOrEqual(tolerance);
}

describe('a pruned network', () => {
  it('[S1] computes what the masked one computes, and costs what was predicted, on random networks', () => {
    let cut = 0;
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        const graph = readGraph(topology);
        const groups = dependencyGroups(graph);
        const plan = randomPlan(groups, seed);
        const network = randomNetwork(topology, seed);
        if (groups.every(({ prunable }) => !prunable)) return;
        expectPrunedEqualsMasked(network, plan, seed);
        const { parameters, macs } = networkCost(readGraph(prune(network, plan).topology));
        expect({ parameters, macs }).toEqual(costAfter(graph, groups, widthsAfter(graph, plan)));
        cut += 1;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(cut).toBeGreaterThan(250);
  });

  it.each(workedExamples)('[S1] computes what the masked one computes: $name', ({ topology }) => {
    for (const seed of [1, 2, 3])
      expectPrunedEqualsMasked(randomNetwork(topology, seed), randomPlan(dependencyGroups(readGraph(topology)), seed), seed);
  });

  it.each(['a', 'b'] as const)('[S1] computes what the masked one computes: ResNet-20 with shortcut %s', (shortcut) => {
    const topology = resNetTopology(3, shortcut);
    expectPrunedEqualsMasked(randomNetwork(topology, 7), randomPlan(dependencyGroups(readGraph(topology)), 7), 7);
  });
});

describe('the masked network', () => {
  it('[S2] differs from the whole one, so that agreeing with it says something', () => {
    const { topology } = workedExamples[4]!;
    const network = randomNetwork(topology, 5);
    const image = randomImage(topology, 5);
    const masked = mask(network, randomPlan(dependencyGroups(readGraph(topology)), 5));
    expect(largestDifference(evaluate(masked, image), evaluate(network, image))).toBeGreaterThan(0.01);
  });
});

describe('cutting', () => {
  const { topology } = workedExamples[0]!;
  const network = randomNetwork(topology, 1);

  it('[S3] leaves the given network as it was', () => {
    const copy = structuredClone(network);
    prune(network, { keep: { conv1: [0, 2] } });
    mask(network, { keep: { conv1: [0, 2] } });
    expect(network).toEqual(copy);
  });

  it('[S4] reports that nothing was pruned, and never calls it a success', () => {
    const whole = { keep: { conv1: [0, 1, 2, 3, 4, 5, 6, 7] } };
    for (const plan of [{ keep: {} }, whole])
      expect(() => prune(network, plan)).toThrow(expect.objectContaining({ code: 'NOTHING_PRUNED' }));
  });

  it('[S5] keeps the kept channels in their order', () => {
    const pruned = prune(network, { keep: { conv1: [1, 6] } });
    const bias = (of: NetworkData) => of.weights.find(({ name }) => name === 'conv1/bias')!;
    expect(bias(pruned).shape).toEqual([2]);
    expect(Array.from(bias(pruned).values)).toEqual([1, 6].map((channel) => bias(network).values[channel]));
    expect(pruned.weights.map(({ name }) => name)).toEqual(network.weights.map(({ name }) => name));
  });

  it('[S6] cuts twice as if at once', () => {
    const twice = prune(prune(network, { keep: { conv1: [0, 2, 3, 7], conv2: [1, 2, 3, 4, 5] } }), {
      keep: { conv1: [1, 3], conv2: [0, 4] },
    });
    expect(twice).toEqual(prune(network, { keep: { conv1: [2, 7], conv2: [1, 5] } }));
  });

  it('[S7] names a weight that is missing or misshapen', () => {
    const faulty = { ...network, weights: network.weights.filter(({ name }) => name !== 'conv2/kernel') };
    expect(() => prune(faulty, { keep: { conv1: [0] } })).toThrow(EspalierError);
    expect(() => prune(faulty, { keep: { conv1: [0] } })).toThrow('conv2/kernel is missing');
  });
});
