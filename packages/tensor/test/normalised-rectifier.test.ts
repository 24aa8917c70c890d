import { createGenerator } from '@espalier/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, openBackend, runEagerly, tf, variableOf } from '../src/index.ts';

beforeAll(async () => {
  expect(await openBackend()).toMatchObject({ backend: 'tensorflow', warning: null });
});

function draw(shape: number[], purpose: string): tf.Tensor4D {
  const generator = createGenerator(8, 'normalised-rectifier', purpose);
  return tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => generator.normal()),
    shape as [number, number, number, number],
  );
}

/** Widths that fill oneDNN's blocks of 8 channels, and those that pruning leaves behind. */
describe.each([8, 16, 24, 1, 3, 10, 12, 13, 21])('a rectifier behind the normalisation of %i channels', (channels) => {
  it('gives the same bits and gradients compiled and operation by operation', () => {
    const images = draw([8, 16, 16, channels], 'images');
    const layer = tf.layers.batchNormalization({ inputShape: [16, 16, channels] });
    const model = tf.sequential({ layers: [layer, tf.layers.reLU()] });
    const kernel = tf.variable(draw([1, 1, channels, channels], 'kernel'));
    const weights = [kernel as tf.Variable, ...model.trainableWeights.map(variableOf)];
    const step = (fed: Record<'images', tf.Tensor>) => {
      const { value, grads } = tf.variableGrads(() => {
        const y = model.apply(tf.conv2d(fed.images as tf.Tensor4D, kernel, 1, 'same'), { training: true }) as tf.Tensor;
        return tf.sum(tf.square(y)) as tf.Scalar;
      }, weights);
      return { value, ...Object.fromEntries(weights.map(({ name }, index) => [`gradient${index}`, grads[name]!])) } as Record<
        string,
        tf.Tensor
      >;
    };
    const options = { feeds: { images }, variables: [kernel as tf.Variable, ...model.weights.map(variableOf)] };
    const [compiled, eager] = [compile(step, options), runEagerly(step, options)];
    const [ofGraph, oneByOne] = [compiled, eager].map((runnable) => {
      const results = runnable.run({ images });
      return Object.entries(results).map(([name, result]) => [name, [...result.dataSync()]]);
    });
    expect(ofGraph).toEqual(oneByOne);
    expect(compiled.read()).toEqual(eager.read());
    compiled.dispose();
    eager.dispose();
  });
});
