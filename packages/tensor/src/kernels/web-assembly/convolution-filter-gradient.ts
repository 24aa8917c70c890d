import { tf } from '../../tf.ts';
import { pixelsUnderTaps } from '../taps.ts';

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

/** Kernels are handed plain records of tensors; operations take the tensors themselves, which these are. */
export function asTensor(info: tf.TensorInfo): tf.Tensor4D {
  return info as tf.Tensor4D;
}
