import { tf } from '../../tf.ts';
import { pixelsUnderTaps, spreadByStride, taps } from '../taps.ts';
import { asTensor, type ConvolutionAttributes } from './convolution-filter-gradient.ts';

type DepthwiseFilter = [number, number, number, number];

/** dW of a depthwise convolution of multiplier 1: dW[h, w, c] = Σ over n, y, x of x̂(h, w)[n, y, x, c] · dy[n, y, x, c]. */
export const depthwiseFilterGradient: tf.KernelConfig = {
  kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }) =>
    tf.tidy(() => {
      const { filterShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { filterShape: DepthwiseFilter };
      const [x, dy] = [asTensor(inputs['x']!), asTensor(inputs['dy']!)];
      const geometry = depthwiseGeometry(x.shape, filterShape, attributes);
      const gradients = pixelsUnderTaps(x, geometry).map((pixels) => tf.sum(tf.mul(pixels, dy), [0, 1, 2]));
      return tf.reshape(tf.stack(gradients), filterShape);
    }),
};

/** dx of a depthwise convolution of multiplier 1: each tap sends dy · W[h, w] back to the pixels that it met. */
export const depthwiseInputGradient: tf.KernelConfig = {
  kernelName: tf.DepthwiseConv2dNativeBackpropInput,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }) =>
    tf.tidy(() => {
      const { inputShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { inputShape: DepthwiseFilter };
      const [dy, filter] = [asTensor(inputs['dy']!), asTensor(inputs['filter']!)];
      const geometry = depthwiseGeometry(inputShape, filter.shape, attributes);
      const spread = spreadByStride(dy, geometry);
      const weights = tf.unstack(tf.reshape(filter, [-1, geometry.inChannels]));
      const { padInfo } = geometry;
      const height = geometry.inHeight + padInfo.top + padInfo.bottom;
      const width = geometry.inWidth + padInfo.left + padInfo.right;
      const parts = taps(geometry).map(([top, left], tap) =>
        tf.pad(tf.mul(spread, weights[tap]!), [
          [0, 0],
          [top, height - top - spread.shape[1]],
          [left, width - left - spread.shape[2]],
          [0, 0],
        ]),
      );
      return tf.slice(tf.addN(parts), [0, padInfo.top, padInfo.left, 0], inputShape);
    }),
};

function depthwiseGeometry(
  inputShape: DepthwiseFilter,
  filterShape: DepthwiseFilter,
  attributes: ConvolutionAttributes,
): tf.backend_util.Conv2DInfo {
  if (filterShape[3] !== 1) throw new Error(`WebAssembly has no gradient of depthwise convolutions with multiplier ${filterShape[3]}`);
  const { strides, dilations = 1, pad, dimRoundingMode } = attributes;
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, dilations, pad, dimRoundingMode, true);
}
