import type { NetworkData } from '@espalier/core';
import { networkCost, readGraph } from '@espalier/network';
import { prune } from '@espalier/surgery';
import { buildZooNetwork, zoo, type ImageShape } from '@espalier/zoo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpStatistics } from '../test/made-up-statistics.ts';
import { methods } from './methods/index.ts';
import { planPruning } from './plan.ts';

/** ImageNet's networks on small pictures, where channels are what matters; SSD needs its own size. */
const smaller = ([height, width, channels]: ImageShape): ImageShape => (height === 224 ? [64, 64, channels] : [height, width, channels]);

describe.each(zoo)('$name with random weights', ({ name: architecture, inputShape }) => {
  // One network at a time: all together they are gigabytes.
  let network: NetworkData;
  beforeAll(() => {
    network = buildZooNetwork(architecture, { seed: 1, inputShape: smaller(inputShape) });
  });
  afterAll(() => {
    network = { ...network, weights: [] };
  });

  // Slimming needs batch normalisations in every group that has to go, and several networks have groups without.
  it.each(methods.map(({ name }) => name).filter((name) => name !== 'slimming'))(
    'is cut by %s to what was predicted',
    (name) => {
      const { plan, predicted, reachedRatio } = planPruning({
        network,
        networkDigest: 'f'.repeat(64),
        method: { name, settings: {} },
        target: { measure: 'macs', reductionRatio: 0.4 },
        seed: 1,
        round: 1,
        statistics: madeUpStatistics(network, name),
      });
      const { parameters, macs } = networkCost(readGraph(prune(network, plan).topology));
      expect({ parameters, macs }).toEqual(predicted);
      expect(reachedRatio).toBeGreaterThanOrEqual(0.4);
      expect(reachedRatio).toBeLessThan(0.45);
    },
    900_000,
  );
});
