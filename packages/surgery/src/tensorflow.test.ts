import type { NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { randomPlan, randomTopology } from '@espalier/network/testing';
import { buildModel, openBackend, tf } from '@espalier/tensor';
import { buildZooTopology } from '@espalier/zoo';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../test/evaluate.ts';
import { randomImage, randomNetwork } from '../test/random-network.ts';
import { largestDifference, type Tensor } from '../test/tensor.ts';
import { mask, prune } from './prune.ts';

/** Single precision against double, for outputs of the order of one. */
const tolerance = 1e-5;

function predict(network: NetworkData, image: Tensor): Tensor[] {
  const model = buildModel(network);
  const results: Tensor[] = [];
  try {
    tf.tidy(() => {
      const outputs = model.predict(tf.tensor(Array.from(image.values), [1, ...image.shape]));
      for (const output of Array.isArray(outputs) ? outputs : [outputs])
        results.push({ shape: output.shape.slice(1), values: Float64Array.from(output.dataSync()) });
    });
    return results;
  } finally {
    model.dispose();
  }
}

describe('TensorFlow', () => {
  beforeAll(async () => {
    await openBackend();
  });

  it('[S8] computes what the reference evaluator computes, for the whole, the cut and the masked network', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        const network = randomNetwork(topology, seed);
        const groups = dependencyGroups(readGraph(topology));
        if (groups.every(({ prunable }) => !prunable)) return;
        const plan = randomPlan(groups, seed);
        const image = randomImage(topology, seed);
        for (const variant of [network, prune(network, plan), mask(network, plan)])
          expect(largestDifference(predict(variant, image), evaluate(variant, image))).toBeLessThan(tolerance);
        compared += 1;
      }),
      { numRuns: 60, seed: 9 },
    );
    expect(compared).toBeGreaterThan(45);
  });

  it.each(['resnet20', 'densenet40'])('[S8] computes for a cut %s what it computes for the masked one', (name) => {
    const topology = buildZooTopology(name);
    const network = randomNetwork(topology, 3);
    const plan = randomPlan(dependencyGroups(readGraph(topology)), 3);
    const image = randomImage(topology, 3);
    expect(largestDifference(predict(prune(network, plan), image), predict(mask(network, plan), image))).toBeLessThan(tolerance);
  });
});
