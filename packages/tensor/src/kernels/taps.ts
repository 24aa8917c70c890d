import { tf } from '../tf.ts';

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

/** Puts stride − 1 zeros between neighbours: [N, H', W', C] → [N, (H'−1)·s + 1, (W'−1)·s + 1, C]. */
export function spreadByStride(dy: tf.Tensor4D, { strideHeight, strideWidth }: tf.backend_util.Conv2DInfo): tf.Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  const apart = tf.pad(tf.reshape(dy, [batch, height, 1, width, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const spread = tf.reshape(apart, [batch, height * strideHeight, width * strideWidth, channels]) as tf.Tensor4D;
  return tf.slice(spread, [0, 0, 0, 0], [batch, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels]);
}
