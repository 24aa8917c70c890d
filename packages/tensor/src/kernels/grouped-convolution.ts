import { NATIVE_BACKEND } from '../backend/native.ts';
import { tf } from '../tf.ts';

export interface ConvolutionSettings {
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same';
  readonly dilations: [number, number];
}

/**
 * A convolution in groups (Krizhevsky et al. 2012). TensorFlow's own kernel takes them; elsewhere each group is a convolution of its own.
 * x [N, H, W, I] with filter [kH, kW, I / groups, O] → [N, H', W', O]: output channels O·g/groups to O·(g + 1)/groups read the g-th part of the inputs.
 */
export function groupedConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, pad, dilations }: ConvolutionSettings,
  groups: number,
): tf.Tensor4D {
  if (groups === 1) return tf.conv2d(x, filter, strides, pad, 'NHWC', dilations);
  if (tf.getBackend() === NATIVE_BACKEND)
    return tf.engine().runKernel(tf.Conv2D, { x, filter }, { strides, pad, dataFormat: 'NHWC', dilations }) as tf.Tensor4D;
  const filters = tf.split<tf.Tensor4D>(filter, groups, 3);
  return tf.concat<tf.Tensor4D>(
    tf.split<tf.Tensor4D>(x, groups, 3).map((part, group) => tf.conv2d(part, filters[group]!, strides, pad, 'NHWC', dilations)),
    3,
  );
}
