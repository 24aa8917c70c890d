import { tf } from '@espalier/tensor';
import { sumOf } from './loss.ts';

/** Keeps a map of nothing but zeros at zero. */
const epsilon = 1e-12;

/**
 * Q = a / ‖a‖₂ of each picture with a the mean of the squared maps over the channels, flattened (Zagoruyko and Komodakis 2017, eq. 2).
 * [batch, height, width, channels] → [batch, height · width]
 */
export function attentionMap(maps: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, height, width] = maps.shape as [number, number, number, number];
    const energy = tf.reshape(tf.mean(tf.square(maps), 3), [batch, height * width]);
    // Not divided by the root: TensorFlow makes this product of such a quotient in a graph, with other last bits.
    return tf.mul(energy, tf.rsqrt(tf.add(tf.sum(tf.square(energy), 1, true), epsilon ** 2))) as tf.Tensor2D;
  });
}

/** Σ over the layers of mean((Qˢ − Qᵗ)²), the mean over pictures and places. */
export function attentionLoss(student: readonly tf.Tensor2D[], teacher: readonly tf.Tensor2D[]): tf.Scalar {
  return tf.tidy(() => sumOf(student.map((map, index) => tf.mean(tf.squaredDifference(map, teacher[index]!)))));
}
