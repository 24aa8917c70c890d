import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { planPruning } from '../plan.ts';

/** Four filters (1, 0, 0), (.9, .1, 0), (0, 1, 0), (0, 0, 3) over three channels of one pixel. */
function fourFilters() {
  const net = new TopologyBuilder('four', [1, 1, 3]);
  const features = net.conv(net.input, 'conv', 4, { size: 1 });
  const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
  network.weights.find(({ name }) => name === 'conv/kernel')!.values.set([1, 0.9, 0, 0, 0, 0.1, 1, 0, 0, 0, 0, 3]);
  return network;
}

const plan = (name: string, reductionRatio = 0.2) =>
  planPruning({
    network: fourFilters(),
    networkDigest: 'b'.repeat(64),
    method: { name, settings: {} },
    target: { measure: 'macs', reductionRatio },
    seed: 1,
    round: 1,
  }).plan;

describe('baselines', () => {
  it('L1 scores Σ|w|', () => {
    expect(plan('l1').scores!['conv']!.map((score) => Number(score.toFixed(6)))).toEqual([1, 1, 1, 3]);
    expect(plan('l1').keep['conv']).toHaveLength(3);
  });

  it('L2 scores √Σw² and removes the second filter', () => {
    expect(plan('l2').scores!['conv']!.map((score) => Number(score.toFixed(5)))).toEqual([1, 0.90554, 1, 3]);
    expect(plan('l2').keep['conv']).toEqual([0, 2, 3]);
  });

  it('uniform keeps the first channels', () => {
    expect(plan('uniform', 0.5).keep['conv']).toEqual([0, 1]);
  });

  it('random keeps some channels, the same for the same seed', () => {
    expect(plan('random', 0.5).keep['conv']).toHaveLength(2);
    expect(plan('random', 0.5)).toEqual(plan('random', 0.5));
  });
});
