import type { NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { buildModel, openBackend, tf } from '@espalier/tensor';
import { buildZooTopology, zoo } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNetwork } from '../test/random-network.ts';
import { mask, prune } from './prune.ts';

/** float32 sums through up to 120 layers in another order, relative to the largest number that the network gives out. */
const tolerance = 1e-4;

function answers(network: NetworkData): Float32Array[] {
  const model = buildModel(network);
  try {
    return tf.tidy(() => {
      const shape = readGraph(network.topology).nodes[0]!.outputShape;
      const picture = tf.linspace(-1, 1, tf.util.sizeFromShape([...shape])).reshape([1, ...shape]);
      return [model.predict(picture)].flat().map((output) => output.dataSync<'float32'>());
    });
  } finally {
    model.dispose();
  }
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('a cut zoo network in TensorFlow, at the size of its paper', () => {
  beforeAll(async () => {
    await openBackend();
  });

  it.each(zoo.map(({ name }) => name))('[S8] %s computes what the masked one computes', (name) => {
    const topology = buildZooTopology(name);
    const network = randomNetwork(topology, 21);
    const plan = randomPlan(dependencyGroups(readGraph(topology)), 21);
    const masked = answers(mask(network, plan));
    const whole = answers(network);
    answers(prune(network, plan)).forEach((values, output) => {
      const scale = largest(masked[output]!);
      expect(scale).toBeGreaterThan(0);
      expect(largest(values.map((value, index) => value - masked[output]![index]!)) / scale).toBeLessThan(tolerance);
      expect(largest(values.map((value, index) => value - whole[output]![index]!)) / largest(whole[output]!)).toBeGreaterThan(0.01);
    });
  });
});
