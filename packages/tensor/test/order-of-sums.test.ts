import { createGenerator } from '@espalier/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, openBackend, tf } from '../src/index.ts';

beforeAll(async () => {
  expect(await openBackend()).toMatchObject({ backend: 'tensorflow', warning: null });
});

const draw = (name: string, shape: number[]): tf.Tensor => {
  const generator = createGenerator(5, 'order-of-sums', name);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => generator.normal()),
    shape,
  );
};

/** Chains whose last bits depend on the order in which they are taken. */
const chains: Record<string, (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, row: tf.Tensor) => tf.Tensor> = {
  'a + (b + c)': (a, b, c) => tf.add(a, tf.add(b, c)),
  '(b + a·0.9) + c·0.1, as momentum and weight decay': (a, b, c) => tf.add(tf.mul(c, 0.9), tf.add(b, tf.mul(a, 5e-4))),
  'sums of sums': (a, b, c) => tf.add(tf.add(a, c), tf.add(tf.add(b, c), tf.add(a, b))),
  'a row added in between': (a, b, c, row) => tf.add(tf.add(a, row), tf.add(b, tf.add(c, row))),
  'products with a row in between': (a, b, c, row) => tf.mul(tf.mul(a, row), tf.mul(b, tf.mul(c, row))),
};

describe('a compiled step', () => {
  // Of variables, whose shapes TensorFlow knows when it rewrites a graph: those of feeds it takes for open.
  it.each(Object.entries(chains))('takes %s in the order in which it is written', (_name, chain) => {
    const variables = [draw('a', [64, 96]), draw('b', [64, 96]), draw('c', [64, 96]), draw('row', [96])].map((value) => tf.variable(value));
    const [a, b, c, row] = variables as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const step = () => ({ y: chain(a, b, c, row) });
    const compiled = compile(step, { feeds: {}, variables });
    expect(compiled.run({}).y.dataSync<'float32'>()).toEqual(step().y.dataSync<'float32'>());
    compiled.dispose();
  });
});
