import { beforeAll, describe, expect, it } from 'vitest';
import { largestDifference, normalTensor, smallBatch } from '../../test/small-network.ts';
import { smallTraining } from '../../test/training-step.ts';
import { compileOrEager, tf } from '../index.ts';
import { installConvolutionGradient } from '../kernels/convolution-gradient.ts';
import { groupedConvolution } from '../kernels/grouped-convolution.ts';
import { openWebAssembly } from './web-assembly.ts';

/** Sums of up to 200 float32 products of size 1 to 10, added in another order. */
const TOLERANCE = 1e-4;

beforeAll(async () => {
  expect(await openWebAssembly()).toBe('wasm');
  installConvolutionGradient();
});

type Convolution = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor;

const convolutions: [string, Convolution, [number, number, number, number]][] = [
  ['same, stride 1', (x, w) => tf.conv2d(x, w, 1, 'same'), [3, 3, 4, 5]],
  ['same, stride 2', (x, w) => tf.conv2d(x, w, 2, 'same'), [3, 3, 4, 5]],
  ['valid, 1×1, stride 2', (x, w) => tf.conv2d(x, w, 2, 'valid'), [1, 1, 4, 5]],
  ['valid, 2×3, strides 2 and 1', (x, w) => tf.conv2d(x, w, [2, 1], 'valid'), [2, 3, 4, 5]],
  ['same, dilation 2', (x, w) => tf.conv2d(x, w, 1, 'same', 'NHWC', 2), [3, 3, 4, 5]],
  ['same, 2 groups', (x, w) => groupedConvolution(x, w, { strides: [2, 2], pad: 'same', dilations: [1, 1] }, 2), [3, 3, 2, 6]],
  ['depthwise same, stride 1', (x, w) => tf.depthwiseConv2d(x, w, 1, 'same'), [3, 3, 4, 1]],
  ['depthwise same, stride 2', (x, w) => tf.depthwiseConv2d(x, w, 2, 'same'), [3, 3, 4, 1]],
  ['depthwise valid, stride 2', (x, w) => tf.depthwiseConv2d(x, w, 2, 'valid'), [3, 3, 4, 1]],
];

describe('on the WebAssembly backend', () => {
  it.each(convolutions)('a convolution (%s) has the gradients of plain JavaScript', async (_name, convolve, filterShape) => {
    const gradients = async (backend: string): Promise<Float32Array[]> => {
      await tf.setBackend(backend);
      const x = normalTensor(1, [2, 7, 8, 4]) as tf.Tensor4D;
      const filter = normalTensor(2, filterShape) as tf.Tensor4D;
      const loss = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(convolve(a as tf.Tensor4D, b as tf.Tensor4D)));
      return tf
        .grads(loss)([x, filter])
        .map((gradient) => gradient.dataSync<'float32'>());
    };
    const expected = await gradients('cpu');
    const found = await gradients('wasm');
    found.forEach((gradient, index) => {
      const scale = Math.max(...expected[index]!.map(Math.abs));
      expect(largestDifference(gradient, expected[index]!) / scale).toBeLessThan(TOLERANCE);
    });
  });

  it('a step trains, operation by operation, and says so', async () => {
    await tf.setBackend('wasm');
    const words: string[] = [];
    const { step, variables } = smallTraining();
    const feeds = { ...smallBatch(1, 8), learningRate: tf.scalar(0.1) };
    const runnable = compileOrEager(step, { feeds, variables }, (text) => words.push(text));
    expect(words.join()).toContain('the wasm backend has no graphs');
    const losses = Array.from({ length: 15 }, () => runnable.run(feeds).loss.dataSync<'float32'>()[0]!);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });
});
