import { beforeAll, describe, expect, it } from 'vitest';
import { FINITE_DIFFERENCE_TOLERANCE, finiteDifferences, weigh } from '../../test/finite-differences.ts';
import { largestDifference, normalTensor } from '../../test/small-network.ts';
import { compile, openBackend, softmaxCrossEntropy, tf } from '../index.ts';
import { normalizeBatch } from './batch-norm.ts';
import { addBias } from './bias-add.ts';

/**
 * float32 carries 24 bits (6e-8 relative). A mean over 8·6·6 = 288 values and the differences of the batch-norm gradient cost a few
 * hundred roundings of values of size 1 to 10: 1e-4 absolute is some ten times what was seen.
 */
const FUSED_TOLERANCE = 1e-4;
const EPSILON = 1e-3;

beforeAll(async () => {
  await openBackend();
});

const values = (tensor: tf.Tensor) => tensor.dataSync<'float32'>();

/** Batch normalisation composed of TF.js's own operations: the stock forward and backward pass. */
function stockNormalize(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(normalized, gamma), beta);
}

describe('fused batch normalisation', () => {
  const inputs = () => ({
    x: tf.add(tf.mul(normalTensor(1, [8, 6, 6, 5]), 2), 3) as tf.Tensor4D,
    gamma: normalTensor(2, [5]) as tf.Tensor1D,
    beta: normalTensor(3, [5]) as tf.Tensor1D,
  });

  it('equals the composed one, and takes the variance of the population', () => {
    const { x, gamma, beta } = inputs();
    const { y, mean, variance } = normalizeBatch(x, gamma, beta, EPSILON);
    const stock = tf.moments(x, [0, 1, 2]);
    expect(largestDifference(values(y), values(stockNormalize(x, gamma, beta)))).toBeLessThan(FUSED_TOLERANCE);
    expect(largestDifference(values(mean), values(stock.mean))).toBeLessThan(FUSED_TOLERANCE);
    expect(largestDifference(values(variance), values(stock.variance))).toBeLessThan(FUSED_TOLERANCE);
  });

  it('has the gradients of the composed one, and of finite differences', () => {
    const { x, gamma, beta } = inputs();
    const fused = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
      weigh(normalizeBatch(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, EPSILON).y);
    const stock = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => weigh(stockNormalize(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D));
    const gradients = tf.grads(fused)([x, gamma, beta]);
    const expected = tf.grads(stock)([x, gamma, beta]);
    gradients.forEach((gradient, index) =>
      expect(largestDifference(values(gradient), values(expected[index]!))).toBeLessThan(FUSED_TOLERANCE),
    );
    const elements = [0, 101, 702, 1439];
    const dx = elements.map((element) => values(gradients[0]!)[element]!);
    expect(
      largestDifference(
        dx,
        finiteDifferences((a) => fused(a, gamma, beta), x, elements),
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
    const dGamma = [0, 4].map((element) => values(gradients[1]!)[element]!);
    expect(
      largestDifference(
        dGamma,
        finiteDifferences((b) => fused(x, b, beta), gamma, [0, 4]),
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
  });

  it('moves the statistics of the layer by (1 − momentum), with and without γ and β', () => {
    for (const learned of [true, false]) {
      const layer = tf.layers.batchNormalization({ momentum: 0.75, scale: learned, center: learned });
      const { x } = inputs();
      const y = layer.apply(x, { training: true }) as tf.Tensor;
      expect(largestDifference(values(y), values(stockNormalize(x, tf.ones([5]), tf.zeros([5]))))).toBeLessThan(FUSED_TOLERANCE);
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const [movingMean, movingVariance] = layer.getWeights().slice(-2);
      expect(largestDifference(values(movingMean!), values(tf.mul(mean, 0.25)))).toBeLessThan(FUSED_TOLERANCE);
      expect(largestDifference(values(movingVariance!), values(tf.add(tf.mul(variance, 0.25), 0.75)))).toBeLessThan(FUSED_TOLERANCE);
    }
  });
});

describe('fused gradients of ReLU and ReLU6', () => {
  // Includes both kinks (0 and 6), where the gradient is that of the flat side for ReLU at 0.
  const x = () => tf.tensor1d([-2, -0.5, 0, 0.5, 3, 5.9, 6.1, 9]);
  const dy = () => tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]);

  it('pass dy where the unit is active', () => {
    expect([...values(tf.grad((a: tf.Tensor) => tf.relu(a))(x(), dy()))]).toEqual([0, 0, 0, 4, 5, 6, 7, 8]);
    expect([...values(tf.grad((a: tf.Tensor) => tf.relu6(a))(x(), dy()))]).toEqual([0, 0, 0, 4, 5, 6, 0, 0]);
  });
});

describe('a bias', () => {
  it('is added to each channel, and has the sum of its channel as gradient', () => {
    const [x, bias] = [normalTensor(6, [4, 5, 6, 3]), normalTensor(7, [3])];
    const fused = (a: tf.Tensor, b: tf.Tensor) => weigh(tf.square(addBias(a, b)));
    const stock = (a: tf.Tensor, b: tf.Tensor) => weigh(tf.square(tf.add(a, b)));
    expect(values(addBias(x, bias))).toEqual(values(tf.add(x, bias)));
    const [gradients, expected] = [fused, stock].map((f) => tf.grads(f)([x, bias]));
    gradients!.forEach((gradient, index) =>
      expect(largestDifference(values(gradient), values(expected![index]!))).toBeLessThan(FUSED_TOLERANCE),
    );
    expect(
      largestDifference(
        values(gradients![1]!),
        finiteDifferences((b) => fused(x, b), bias, [0, 1, 2]),
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
  });
});

describe('the gradient of a maximum', () => {
  it('is shared evenly by elements that are equal', () => {
    const x = tf.tensor2d([3, 1, 3, 2, 5, 4], [2, 3]);
    for (const keepDims of [false, true]) {
      const dx = tf.grad((a: tf.Tensor) => tf.sum(tf.mul(tf.reshape(tf.max(a, 1, keepDims), [2]), tf.tensor1d([8, 6]))))(x);
      expect([...values(dx)]).toEqual([4, 0, 4, 0, 6, 0]);
    }
    expect([...values(tf.grad((a: tf.Tensor) => tf.max(a))(x))]).toEqual([0, 0, 0, 0, 1, 0]);
  });
});

describe('fused softmax cross-entropy', () => {
  const labels = () => tf.softmax(normalTensor(4, [6, 7]) as tf.Tensor2D);
  const logits = () => tf.mul(normalTensor(5, [6, 7]), 4) as tf.Tensor2D;

  it('equals the composed one, for soft labels, with its gradients', () => {
    const stock = (l: tf.Tensor, z: tf.Tensor) => tf.neg(tf.sum(tf.mul(l, tf.logSoftmax(z as tf.Tensor2D)), 1));
    const fused = (l: tf.Tensor, z: tf.Tensor) => softmaxCrossEntropy(l as tf.Tensor2D, z as tf.Tensor2D) as tf.Tensor;
    expect(largestDifference(values(fused(labels(), logits())), values(stock(labels(), logits())))).toBeLessThan(FUSED_TOLERANCE);
    const gradients = tf.grads((l: tf.Tensor, z: tf.Tensor) => weigh(fused(l, z)))([labels(), logits()]);
    const expected = tf.grads((l: tf.Tensor, z: tf.Tensor) => weigh(stock(l, z)))([labels(), logits()]);
    gradients.forEach((gradient, index) =>
      expect(largestDifference(values(gradient), values(expected[index]!))).toBeLessThan(FUSED_TOLERANCE),
    );
    const elements = [0, 20, 41];
    const dz = elements.map((element) => values(gradients[1]!)[element]!);
    const differences = finiteDifferences((z) => weigh(fused(labels(), z)), logits(), elements);
    expect(largestDifference(dz, differences)).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
  });
});

describe('softmax', () => {
  const x = () => tf.mul(normalTensor(8, [5, 6]), 4) as tf.Tensor2D;

  it('is exp(x) over its sum, with the gradient of finite differences', () => {
    const rows = x().arraySync();
    const expected = rows.flatMap((row) => {
      const exponentials = row.map((value) => Math.exp(value));
      return exponentials.map((value) => value / exponentials.reduce((sum, other) => sum + other));
    });
    expect(largestDifference(values(tf.softmax(x())), expected)).toBeLessThan(1e-6);
    const dx = values(tf.grad((a: tf.Tensor) => weigh(tf.softmax(a as tf.Tensor2D)))(x()));
    const elements = [0, 7, 14, 29];
    const differences = finiteDifferences((a) => weigh(tf.softmax(a as tf.Tensor2D)), x(), elements);
    expect(
      largestDifference(
        elements.map((element) => dx[element]!),
        differences,
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
  });

  it('does not overflow, and takes more than two axes', () => {
    const y = tf.softmax(tf.tensor3d([[[1000, 999], [-1000, -1000]]])); // prettier-ignore
    const half = 1 / (1 + Math.exp(-1));
    [half, 1 - half, 0.5, 0.5].forEach((value, index) => expect(values(y)[index]).toBeCloseTo(value, 6));
  });

  it('has the same bits in a graph', () => {
    const gradient = (a: tf.Tensor) => tf.grad((z: tf.Tensor) => weigh(tf.softmax(z as tf.Tensor2D)))(a);
    const step = ({ a }: { a: tf.Tensor }) => ({ y: tf.softmax(a as tf.Tensor2D) as tf.Tensor, dx: gradient(a) });
    const compiled = compile(step, { feeds: { a: x() }, variables: [] });
    const [inGraph, atOnce] = [compiled.run({ a: x() }), step({ a: x() })];
    expect(values(inGraph.y)).toEqual(values(atOnce.y));
    expect(values(inGraph.dx)).toEqual(values(atOnce.dx));
    compiled.dispose();
  });
});
