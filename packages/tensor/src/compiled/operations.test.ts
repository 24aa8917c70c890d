import { beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, normalTensor } from '../../test/small-network.ts';
import { compile, openBackend, softmaxCrossEntropy, tf } from '../index.ts';
import { groupedConvolution } from '../kernels/grouped-convolution.ts';
import { selectChannels } from '../layers/channel-selection.ts';
import { normalizeChannels } from '../layers/l2-normalization.ts';

/** A graph may fold constants and fuse neighbours, which rounds differently: some units in the last place of values up to 100. */
const TOLERANCE = 1e-4;

beforeAll(async () => {
  await openBackend();
});

const image = (x: tf.Tensor): tf.Tensor4D => tf.reshape(x, [2, 6, 6, 4]);
const rows = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [24, 12]);

/** What networks, losses, distillation and pruning methods are made of; each takes 288 numbers and must do the same as a graph. */
const operations: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  convolution: (x) => tf.conv2d(image(x), normalTensor(1, [3, 3, 4, 5]) as tf.Tensor4D, 2, 'same'),
  'dilated convolution': (x) => tf.conv2d(image(x), normalTensor(1, [3, 3, 4, 5]) as tf.Tensor4D, 1, 'same', 'NHWC', 2),
  'grouped convolution': (x) =>
    groupedConvolution(image(x), normalTensor(1, [3, 3, 2, 6]) as tf.Tensor4D, { strides: [2, 2], pad: 'same', dilations: [1, 1] }, 2),
  'transposed convolution': (x) => tf.conv2dTranspose(image(x), normalTensor(1, [3, 3, 5, 4]) as tf.Tensor4D, [2, 12, 12, 5], 2, 'same'),
  'depthwise convolution': (x) => tf.depthwiseConv2d(image(x), normalTensor(1, [3, 3, 4, 1]) as tf.Tensor4D, 2, 'same'),
  'separable convolution': (x) =>
    tf.separableConv2d(image(x), normalTensor(1, [3, 3, 4, 1]) as tf.Tensor4D, normalTensor(2, [1, 1, 4, 3]) as tf.Tensor4D, 1, 'same'),
  'max pooling': (x) => tf.maxPool(image(x), 3, 2, 'same'),
  'average pooling': (x) => tf.avgPool(image(x), 3, 2, 'same'),
  'inference batch norm': (x) =>
    tf.batchNorm(image(x), normalTensor(3, [4]) as tf.Tensor1D, tf.ones([4]), tf.zeros([4]), normalTensor(8, [4]) as tf.Tensor1D),
  'dense layer': (x) => tf.add(tf.matMul(rows(x), normalTensor(4, [12, 3])), normalTensor(5, [3])),
  activations: (x) => tf.addN([tf.relu(x), tf.relu6(x), tf.elu(x), tf.selu(x), tf.sigmoid(x), tf.tanh(x), tf.softplus(x), tf.leakyRelu(x)]),
  'parametric relu': (x) => tf.prelu(x, tf.scalar(0.2)),
  'hard activations': (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  'slice of channels': (x) => selectChannels(image(x), [1, 2]),
  'shuffle of channels': (x) => selectChannels(image(x), [0, 2, 1, 3]),
  'selection of channels': (x) => selectChannels(image(x), [3, 0, 3]),
  'channels of length one': (x) => normalizeChannels(image(x)),
  concatenation: (x) => tf.concat([image(x), tf.neg(image(x))], 3),
  'split and stack': (x) => tf.stack([...tf.split(image(x), 2, 3), ...tf.split(image(x), 2, 3)]),
  'slice and pad': (x) =>
    tf.pad(tf.slice(image(x), [0, 1, 1, 0], [2, 4, 4, 2]), [
      [0, 0],
      [1, 1],
      [1, 1],
      [1, 3],
    ]),
  'strided slice': (x) => tf.stridedSlice(image(x), [0, 0, 0, 0], [2, 6, 6, 4], [1, 2, 2, 1]),
  transposition: (x) => tf.transpose(image(x), [3, 0, 2, 1]),
  'nearest resizing': (x) => tf.image.resizeNearestNeighbor(image(x), [12, 12]),
  'bilinear resizing': (x) => tf.image.resizeBilinear(image(x), [9, 9]),
  'global average': (x) => tf.mean(image(x), [1, 2]),
  reductions: (x) => tf.stack([tf.sum(x), tf.max(x), tf.min(x), tf.mean(x), tf.prod(tf.add(tf.mul(x, 1e-3), 1))]),
  norms: (x) => tf.stack([tf.norm(x), tf.norm(x, 1), tf.sqrt(tf.sum(tf.square(x)))]),
  softmax: (x) => tf.softmax(rows(x)),
  'log softmax': (x) => tf.logSoftmax(rows(x)),
  'distillation loss': (x) => {
    const teacher = tf.softmax(tf.div(normalTensor(6, [24, 12]), 4) as tf.Tensor2D);
    return tf.mul(tf.mean(softmaxCrossEntropy(teacher, tf.div(rows(x), 4) as tf.Tensor2D)), 16);
  },
  'counting right answers': (x) => tf.sum(tf.cast(tf.equal(tf.argMax(rows(x), 1), tf.argMax(normalTensor(7, [24, 12]), 1)), 'float32')),
  selection: (x) => tf.where(tf.greater(x, 0), tf.exp(x), tf.sub(1, x)),
  logic: (x) => tf.cast(tf.logicalAnd(tf.greater(x, 0), tf.logicalNot(tf.greaterEqual(x, 1))), 'float32'),
  clipping: (x) => tf.clipByValue(x, -0.5, 0.5),
  powers: (x) => tf.pow(tf.abs(x), tf.scalar(1.5)),
  quotients: (x) => tf.div(x, tf.add(tf.abs(x), tf.rsqrt(tf.add(tf.square(x), 1)))),
  extremes: (x) => tf.maximum(tf.minimum(x, tf.scalar(1)), tf.neg(x)),
  'one-hot labels': (x) => tf.oneHot(tf.argMax(rows(x), 1), 12),
  'expanded and squeezed axes': (x) => tf.squeeze(tf.expandDims(tf.expandDims(rows(x), 0), 3), [0]),
  tiling: (x) => tf.tile(rows(x), [2, 3]),
  'local response normalisation': (x) => tf.localResponseNormalization(image(x)),
};

/** Not differentiable, or without a gradient in TF.js. */
const withoutGradient: ReadonlySet<string> = new Set(['strided slice', 'counting right answers', 'selection', 'logic', 'one-hot labels']);

describe('as a graph', () => {
  it.each(Object.entries(operations))('%s gives what it gives at once', (_name, operation) => {
    const x = normalTensor(42, [288]);
    const step = ({ x: fed }: { x: tf.Tensor }) => ({ y: operation(fed) });
    const expected = tf.tidy(() => operation(x));
    const compiled = compile(step, { feeds: { x }, variables: [] });
    const { y } = compiled.run({ x });
    expect(y.shape).toEqual(expected.shape);
    expect(y.dtype).toBe(expected.dtype);
    expect(largestDifference(y.dataSync<'float32'>(), expected.dataSync<'float32'>())).toBeLessThan(TOLERANCE);
    compiled.dispose();
  });

  it.each(Object.entries(operations).filter(([name]) => !withoutGradient.has(name)))('%s has its gradient', (_name, operation) => {
    const x = normalTensor(43, [288]);
    const gradient = (fed: tf.Tensor) => tf.grad((z: tf.Tensor) => tf.sum(tf.square(operation(z))))(fed);
    const expected = tf.tidy(() => gradient(x)).dataSync<'float32'>();
    const compiled = compile(({ x: fed }: { x: tf.Tensor }) => ({ dx: gradient(fed) }), { feeds: { x }, variables: [] });
    const dx = compiled.run({ x }).dx.dataSync<'float32'>();
    const scale = 1 + expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    expect(largestDifference(dx, expected) / scale).toBeLessThan(TOLERANCE);
    compiled.dispose();
  });
});
