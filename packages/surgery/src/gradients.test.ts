import type { NetworkData } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { randomPlan, randomTopology } from '@espalier/network/testing';
import { buildModel, compile, openBackend, runEagerly, type Step, tf, variableOf, variablesOf } from '@espalier/tensor';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../test/evaluate.ts';
import { randomImage, randomNetwork } from '../test/random-network.ts';
import type { Tensor } from '../test/tensor.ts';
import { prune } from './prune.ts';

/** Half the sum of squares of all outputs. */
const halfSquares = (outputs: readonly Tensor[]): number =>
  outputs.reduce((sum, { values }) => sum + values.reduce((part, x) => part + (x * x) / 2, 0), 0);

/** A step that gives the gradient of that in every trainable weight, by the weight's position. */
function gradientStep(model: tf.LayersModel): Step<'image', string> {
  const variables = model.trainableWeights.map(variableOf);
  return ({ image }) => {
    const { grads } = tf.variableGrads(() => {
      const outputs = [model.apply(image, { training: false }) as tf.Tensor | tf.Tensor[]].flat();
      return tf.addN(outputs.map((output) => tf.mul(0.5, tf.sum(tf.square(output)))));
    }, variables);
    return Object.fromEntries(variables.map(({ name }, index) => [String(index), grads[name]!]));
  };
}

const valuesOf = (gradients: Record<string, tf.Tensor>): Float32Array[] =>
  Object.values(gradients).map((gradient) => gradient.dataSync<'float32'>());
const lengthOf = (vectors: readonly Float32Array[]): number =>
  Math.sqrt(vectors.reduce((sum, values) => sum + values.reduce((part, x) => part + x * x, 0), 0));

/** The loss, in double precision, with every weight moved by `distance` along the direction that names it. */
function lossAlong(network: NetworkData, image: Tensor, directions: ReadonlyMap<string, Float32Array>, distance: number): number {
  const weights = network.weights.map((weight) => {
    const direction = directions.get(weight.name);
    if (direction === undefined) return weight;
    // The evaluator computes in double precision from whatever it is given; float32 would round such steps away.
    const moved = Float64Array.from(weight.values, (value, index) => value + distance * direction[index]!);
    return { ...weight, values: moved as unknown as Float32Array };
  });
  return halfSquares(evaluate({ ...network, weights }, image));
}

const imageTensor = ({ shape, values }: Tensor): tf.Tensor => tf.tensor(Array.from(values), [1, ...shape]);

describe('the gradient in TensorFlow', () => {
  beforeAll(async () => {
    await openBackend();
  });

  it('[S8] is that of finite differences of the reference evaluator, through every layer there is', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        const network = randomNetwork(topology, seed);
        const image = randomImage(topology, seed);
        const model = buildModel(network);
        const gradient = tf.tidy(() => valuesOf(gradientStep(model)({ image: imageTensor(image) })));
        const names = model.trainableWeights.map(({ originalName }) => originalName);
        model.dispose();
        const length = lengthOf(gradient);
        if (length < 1e-4) return;
        // Along the gradient the loss grows by its length. Steps of 1e-5 in double precision leave 1e-10 of truncation and 1e-11 of rounding; what is
        // allowed is float32's share of the gradient.
        const directions = new Map(names.map((name, index) => [name, gradient[index]!.map((x) => x / length)]));
        const at = (distance: number) => lossAlong(network, image, directions, distance);
        expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - length) / length).toBeLessThan(2e-3);
        compared += 1;
      }),
      { numRuns: 100, seed: 31 },
    );
    expect(compared).toBeGreaterThan(90);
  });

  it('[S8] is the same for a cut network as one graph and operation by operation', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        const groups = dependencyGroups(readGraph(topology));
        if (groups.every(({ prunable }) => !prunable)) return;
        const model = buildModel(prune(randomNetwork(topology, seed), randomPlan(groups, seed)));
        const image = imageTensor(randomImage(topology, seed));
        const options = { feeds: { image }, variables: variablesOf(model) };
        const step = gradientStep(model);
        const [compiled, eager] = [compile(step, options), runEagerly(step, options)].map((runnable) => {
          const gradients = valuesOf(runnable.run({ image }));
          runnable.dispose();
          return gradients;
        });
        const differences = compiled!.map((values, index) => values.map((value, place) => value - eager![index]![place]!));
        // Fused and folded operations round differently, in single precision.
        expect(lengthOf(differences)).toBeLessThan(1e-5 * Math.max(1, lengthOf(eager!)));
        model.dispose();
        compared += 1;
      }),
      { numRuns: 25, seed: 10 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});
