import type { NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { buildModel, compile, openBackend, tf, variablesOf } from '@espalier/tensor';
import { buildZooTopology } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNetwork } from '../test/random-network.ts';
import { mask, prune } from './prune.ts';

/** float32 sums through 23 convolutions in another order, relative to the largest number that the network gives out. */
const tolerance = 1e-4;

const topology = buildZooTopology('ssd300-vgg16', { classes: 3 });
const groups = dependencyGroups(readGraph(topology));

/** Class logits [8732, 3] and box offsets [8732, 4] for a fixed picture. */
function detect(network: NetworkData): Float32Array[] {
  const model = buildModel(network);
  try {
    return tf.tidy(() => {
      const picture = tf.linspace(-1, 1, 300 * 300 * 3).reshape([1, 300, 300, 3]);
      return (model.predict(picture) as tf.Tensor[]).map((output) => {
        expect(output.shape.slice(0, 2)).toEqual([1, 8732]);
        return output.dataSync<'float32'>();
      });
    });
  } finally {
    model.dispose();
  }
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const dot = (a: readonly Float32Array[], b: readonly Float32Array[]): number =>
  a.reduce((sum, values, index) => sum + values.reduce((part, value, place) => part + value * b[index]![place]!, 0), 0);

describe('SSD300 in TensorFlow', () => {
  beforeAll(async () => {
    await openBackend();
  });

  it('[S8] computes for the cut network what it computes for the masked one', () => {
    const network = randomNetwork(topology, 5);
    const plan = randomPlan(groups, 5);
    const masked = detect(mask(network, plan));
    detect(prune(network, plan)).forEach((output, index) => {
      const differences = output.map((value, place) => value - masked[index]![place]!);
      expect(largest(differences)).toBeLessThan(tolerance * Math.max(1, largest(masked[index]!)));
    });
  });

  it('can be trained: its gradient, through dilation, scaled norm and heads, is that of finite differences', () => {
    const keep = Object.fromEntries(
      groups
        .filter(({ prunable }) => prunable)
        .map(({ id, channels }) => [id, Array.from({ length: channels >> 5 }, (_, channel) => channel)]),
    );
    const model = buildModel(prune(randomNetwork(topology, 6), { keep }));
    const variables = variablesOf(model);
    const loss = (picture: tf.Tensor): tf.Scalar => {
      const [classes, boxes] = model.apply(picture, { training: true }) as tf.Tensor[];
      return tf.add(tf.neg(tf.mean(tf.slice(tf.logSoftmax(classes!), [0, 0, 0], [1, -1, 1]))), tf.mean(tf.square(boxes!)));
    };
    const picture = tf.sin(tf.range(0, 300 * 300 * 3)).reshape([1, 300, 300, 3]);
    const names = variables.map((_, index) => `gradient${index}`);
    const step = compile<'picture', string>(
      (feeds) => {
        const { value, grads } = tf.variableGrads(() => loss(feeds.picture), variables);
        return { value, ...Object.fromEntries(variables.map(({ name }, index) => [names[index]!, grads[name]!])) };
      },
      { feeds: { picture }, variables },
    );
    const { value, ...gradients } = step.run({ picture });
    const gradient = names.map((name) => gradients[name]!.dataSync<'float32'>());
    expect(value!.dataSync()[0]).toBeGreaterThan(0);
    for (const ofWeight of gradient) expect(ofWeight.every(Number.isFinite)).toBe(true);

    // Along the gradient itself the loss grows by |∇L|² for each unit, which is well above the rounding of a float32 loss;
    // 1 % is left to the kinks of the rectifiers that a step of 1e-3 crosses.
    const start = step.read();
    const length = Math.sqrt(dot(gradient, gradient));
    const at = (distance: number): number => {
      step.write(start.map((values, index) => values.map((weight, place) => weight + (distance / length) * gradient[index]![place]!)));
      return step.run({ picture })['value']!.dataSync()[0]!;
    };
    const h = 1e-3;
    expect(Math.abs((at(h) - at(-h)) / (2 * h) - length) / length).toBeLessThan(1e-2);
  });
});
