import type { NetworkData } from '@espalier/core';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { planPruning } from '../plan.ts';
import { lampScores } from './lamp/index.ts';

/** Four filters (1, 0, 0), (.9, .1, 0), (0, 1, 0), (0, 0, 3) over three channels of one pixel. */
function fourFilters() {
  const net = new TopologyBuilder('four', [1, 1, 3]);
  const features = net.conv(net.input, 'conv', 4, { size: 1 });
  const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
  network.weights.find(({ name }) => name === 'conv/kernel')!.values.set([1, 0.9, 0, 0, 0, 0.1, 1, 0, 0, 0, 0, 3]);
  return network;
}

const request = {
  networkDigest: 'b'.repeat(64),
  target: { measure: 'macs' as const, reductionRatio: 0.2 },
  seed: 1,
  round: 1,
};

const plan = (name: string, reductionRatio = 0.2, settings: Readonly<Record<string, unknown>> = {}) =>
  planPruning({ ...request, network: fourFilters(), method: { name, settings }, target: { measure: 'macs', reductionRatio } }).plan;

describe('baselines', () => {
  it('L1 scores Σ|w|', () => {
    expect(plan('l1').scores!['conv']!.map((score) => Number(score.toFixed(6)))).toEqual([1, 1, 1, 3]);
    expect(plan('l1').keep['conv']).toHaveLength(3);
  });

  it('L2 scores √Σw² and removes the second filter', () => {
    expect(plan('l2').scores!['conv']!.map((score) => Number(score.toFixed(5)))).toEqual([1, 0.90554, 1, 3]);
    expect(plan('l2').keep['conv']).toEqual([0, 2, 3]);
  });

  // methods.md §8, computed with NumPy.
  it('FPGM scores the distances to all others and removes the second filter', () => {
    const sums = [4.717913, 4.547901, 5.849283, 9.458243];
    plan('fpgm').scores!['conv']!.forEach((score, channel) => expect(score).toBeCloseTo(sums[channel]!, 6));
    expect(plan('fpgm').keep['conv']).toEqual([0, 2, 3]);
  });

  it('FPGM as a mix removes by norm first, and then by distance among the rest', () => {
    // Two go. By norm: (.9, .1, 0). Among the rest (1, 0, 0) and (0, 1, 0) have the same sum, and the lower goes.
    expect(plan('fpgm', 0.5, { normShare: 0.5 }).keep['conv']).toEqual([2, 3]);
  });

  it('LAMP scores what a filter is worth among those at least as large', () => {
    const scores = [1 / 30, 4 / 29, 9 / 25, 1];
    lampScores([1, 4, 9, 16]).forEach((score, index) => expect(score).toBeCloseTo(scores[index]!, 12));
    lampScores([16, 9, 4, 1]).forEach((score, index) => expect(score).toBeCloseTo(scores[3 - index]!, 12));
    expect(lampScores([0, 0])).toEqual([0, 0]);
  });

  it('group norm adds the filters, γ and the weights that read a channel', () => {
    const { filters, dense } = { filters: [1, 0.81 + 0.01, 1, 9], dense: [0, 1, 2, 3].map((row) => readers(row)) };
    const sums = filters.map((square, channel) => square + dense[channel]!);
    plan('group-norm', 0.2, { normalise: false }).scores!['conv']!.forEach((score, channel) =>
      expect(score).toBeCloseTo(sums[channel]!, 6),
    );
    const mean = sums.reduce((sum, score) => sum + score, 0) / 4;
    plan('group-norm').scores!['conv']!.forEach((score, channel) => expect(score).toBeCloseTo(sums[channel]! / mean, 6));
  });

  it('uniform keeps the first channels', () => {
    expect(plan('uniform', 0.5).keep['conv']).toEqual([0, 1]);
  });

  it('random keeps some channels, the same for the same seed', () => {
    expect(plan('random', 0.5).keep['conv']).toHaveLength(2);
    expect(plan('random', 0.5)).toEqual(plan('random', 0.5));
  });
});

describe('one threshold for the whole network', () => {
  /** Two convolutions of four channels each, with the given γ. */
  function twoGroups(first: readonly number[], second: readonly number[]) {
    const net = new TopologyBuilder('two', [4, 4, 3]);
    const one = net.relu(net.batchNormalisation(net.conv(net.input, 'one', 4), 'one_bn'), 'one_relu');
    const two = net.relu(net.batchNormalisation(net.conv(one, 'two', 4), 'two_bn'), 'two_relu');
    const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(two, 'pool'), 'classifier', 2)), 1);
    network.weights.find(({ name }) => name === 'one_bn/gamma')!.values.set(first);
    network.weights.find(({ name }) => name === 'two_bn/gamma')!.values.set(second);
    return network;
  }
  const slim = (network: NetworkData, reductionRatio: number, settings = {}) =>
    planPruning({ ...request, network, target: { measure: 'macs', reductionRatio }, method: { name: 'slimming', settings } });

  it('takes the channels with the smallest |γ| of all groups, as few as the target needs', () => {
    // Of 16 · 9 · (3·4 + 4·4) + 8 MACs a channel of `one` is worth 16 · 9 · 7, so that two of them are 49.9 %.
    const { plan, reachedRatio } = slim(twoGroups([0.1, 3, -0.2, 4], [5, -6, 7, 8]), 0.49);
    expect(plan.keep).toEqual({ one: [1, 3], two: [0, 1, 2, 3] });
    expect(reachedRatio).toBeCloseTo((2 * 16 * 9 * 7) / (16 * 9 * 28 + 8), 12);
  });

  it('leaves every group its least width', () => {
    const { plan } = slim(twoGroups([0.1, 0.1, 0.2, 0.2], [5, 6, 7, 8]), 0.7);
    expect(plan.keep['one']).toHaveLength(1);
  });

  it('of equal scores takes the same share of every group', () => {
    const { plan } = slim(twoGroups([1, 1, 1, 1], [1, 1, 1, 1]), 0.5);
    expect(
      Object.values(plan.keep)
        .map((keep) => keep.length)
        .sort(),
    ).toEqual([2, 3]);
  });

  it('is refused where no group has a γ', () => {
    expect(() => plan('slimming')).toThrow(
      expect.objectContaining({
        code: 'TARGET_OUT_OF_REACH',
        message: 'at most 0 % of the macs can be removed: group conv has no batch normalisation and would stay whole',
      }),
    );
    expect(plan('slimming', 0.5, { scope: 'uniform' }).keep['conv']).toEqual([0, 1]);
  });
});

/** Σ w² of the weights with which the classifier reads a channel: row `channel` of its kernel [4, 2]. */
function readers(channel: number): number {
  const { values } = fourFilters().weights.find(({ name }) => name === 'classifier/kernel')!;
  return values[2 * channel]! ** 2 + values[2 * channel + 1]! ** 2;
}
