import { tf } from '../../tf.ts';

/** The attributes of TF.js's gradient kernels of 2-D convolutions. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dilations?: [number, number] | number;
}

/**
 * dW of a convolution y = x * W, tap by tap: dW[h, w] = x̂(h, w)ᵀ · dy, where x̂(h, w) holds the pixels under tap (h, w), one row for each of
 * the N·H'·W' outputs. x [N, H, W, I], dy [N, H', W', O] → [kh, kw, I, O].
 */
export const convolutionFilterGradient: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }) =>
    tf.tidy(() => {
      const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as ConvolutionAttributes & {
        filterShape: [number, number, number, number];
      };
      const [x, dy] = [asTensor(inputs['x']!), asTensor(inputs['dy']!)];
      const geometry = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
      const [, , inChannels, outChannels] = filterShape;
      const dyRows = tf.reshape(dy, [-1, outChannels]);
      const taps = pixelsUnderTaps(x, geometry).map((pixels) => tf.matMul(tf.reshape(pixels, [-1, inChannels]), dyRows, true, false));
      return tf.reshape(tf.stack(taps), filterShape);
    }),
};

/** For each tap (h, w) of a filter, row by row, the pixels that it meets: each [N, H', W', C]. */
export function pixelsUnderTaps(x: tf.Tensor4D, geometry: tf.backend_util.Conv2DInfo): tf.Tensor4D[] {
  const { batchSize, outHeight, outWidth, inChannels, padInfo } = geometry;
  const padded = tf.pad(x, [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ]);
  return taps(geometry).map(([top, left]) => {
    const { strideHeight, strideWidth } = geometry;
    const end = [batchSize, top + (outHeight - 1) * strideHeight + 1, left + (outWidth - 1) * strideWidth + 1, inChannels];
    return tf.stridedSlice(padded, [0, top, left, 0], end, [1, strideHeight, strideWidth, 1]) as tf.Tensor4D;
  });
}

/** Where the taps of a filter lie from its top left corner, row by row, in pixels of the padded input. */
export function taps({ filterHeight, filterWidth, dilationHeight, dilationWidth }: tf.backend_util.Conv2DInfo): [number, number][] {
  return Array.from({ length: filterHeight * filterWidth }, (_, tap) => [
    Math.floor(tap / filterWidth) * dilationHeight,
    (tap % filterWidth) * dilationWidth,
  ]);
}

/** Kernels are handed plain records of tensors; operations take the tensors themselves, which these are. */
export function asTensor(info: tf.TensorInfo): tf.Tensor4D {
  return info as tf.Tensor4D;
}
