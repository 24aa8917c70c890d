import { beforeAll, describe, expect, it } from 'vitest';
import { FINITE_DIFFERENCE_TOLERANCE, finiteDifferences, weigh } from '../../test/finite-differences.ts';
import { largestDifference, normalTensor } from '../../test/small-network.ts';
import { openBackend, tf } from '../index.ts';
import { type ConvolutionSettings, groupedConvolution } from './grouped-convolution.ts';

/** float32 sums of up to 180 products of size 1 to 10, added in another order. */
const TOLERANCE = 1e-4;

beforeAll(async () => {
  await openBackend();
});

const settings = (strides: number, pad: 'valid' | 'same', dilations: [number, number] = [1, 1]): ConvolutionSettings => ({
  strides: [strides, strides],
  pad,
  dilations,
});

/** Each group as a plain convolution of its own, whose gradients are the stock ones. */
function bySplitting(x: tf.Tensor, filter: tf.Tensor, { strides, pad, dilations }: ConvolutionSettings, groups: number): tf.Tensor {
  const filters = tf.split<tf.Tensor4D>(filter, groups, 3);
  const parts = tf.split<tf.Tensor4D>(x, groups, 3).map((part, group) => tf.conv2d(part, filters[group]!, strides, pad, 'NHWC', dilations));
  return tf.concat(parts, 3);
}

const gradientsOf = (convolve: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor, x: tf.Tensor, filter: tf.Tensor) =>
  tf
    .grads((a: tf.Tensor, b: tf.Tensor) => weigh(convolve(a as tf.Tensor4D, b as tf.Tensor4D)))([x, filter])
    .map((gradient) => gradient.dataSync<'float32'>());

describe('a grouped convolution', () => {
  it.each<[string, ConvolutionSettings, number]>([
    ['same, stride 1, 2 groups', settings(1, 'same'), 2],
    ['same, stride 2, 4 groups', settings(2, 'same'), 4],
    ['valid, stride 2, 2 groups', settings(2, 'valid'), 2],
    ['same, stride 3, one channel a group', settings(3, 'same'), 8],
  ])('is that of its parts, forward and backward: %s', (_, how, groups) => {
    const x = normalTensor(1, [2, 9, 8, 8]);
    const filter = normalTensor(2, [3, 2, 8 / groups, 16]);
    const grouped = (a: tf.Tensor4D, b: tf.Tensor4D) => groupedConvolution(a, b, how, groups);
    const split = (a: tf.Tensor4D, b: tf.Tensor4D) => bySplitting(a, b, how, groups);
    const [found, expected] = [grouped, split].map((convolve) => convolve(x as tf.Tensor4D, filter as tf.Tensor4D).dataSync<'float32'>());
    expect(largestDifference(found!, expected!)).toBeLessThan(TOLERANCE);
    const gradients = gradientsOf(split, x, filter);
    gradientsOf(grouped, x, filter).forEach((gradient, index) =>
      expect(largestDifference(gradient, gradients[index]!)).toBeLessThan(TOLERANCE),
    );
  });
});

describe('a dilated convolution', () => {
  it.each<[string, ConvolutionSettings, number]>([
    ['same, dilation 2', settings(1, 'same', [2, 2]), 1],
    ['valid, dilation 2 and 3', settings(1, 'valid', [2, 3]), 1],
    ['same, dilation 6 as in SSD, wider than the picture', settings(1, 'same', [6, 6]), 1],
    ['same, dilation 2, in 2 groups', settings(1, 'same', [2, 2]), 2],
  ])('has the gradients of finite differences: %s', (_, how, groups) => {
    const x = normalTensor(3, [2, 9, 8, 4]);
    const filter = normalTensor(4, [3, 3, 4 / groups, 6]);
    const convolve = (a: tf.Tensor4D, b: tf.Tensor4D) => groupedConvolution(a, b, how, groups);
    const [dx, dFilter] = gradientsOf(convolve, x, filter);
    const pixels = [0, 37, 140, 300, 575];
    const ofX = finiteDifferences((a) => weigh(convolve(a as tf.Tensor4D, filter as tf.Tensor4D)), x, pixels);
    expect(
      largestDifference(
        pixels.map((pixel) => dx![pixel]!),
        ofX,
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
    const taps = [0, 25, 53, 106, 216 / groups - 1];
    const ofFilter = finiteDifferences((b) => weigh(convolve(x as tf.Tensor4D, b as tf.Tensor4D)), filter, taps);
    expect(
      largestDifference(
        taps.map((tap) => dFilter![tap]!),
        ofFilter,
      ),
    ).toBeLessThan(FINITE_DIFFERENCE_TOLERANCE);
  });
});
