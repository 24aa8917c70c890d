import { tf } from '../tf.ts';
import { onlyShape, onlyTensor } from './stock.ts';

/** Added to the norm, so that a place whose channels are all zero stays zero. Far below what float32 tells apart from any other norm. */
const EPSILON = 1e-12;

/** SSD starts the scale of conv4_3 at 20 (Liu et al. 2016, §3.1). */
const INITIAL_SCALE = 20;

/**
 * y = s · x / (‖x‖₂ + ε), the norm taken over the channels of each place, s learnt for each channel: [N, …, C] → [N, …, C]
 * (Liu et al. 2015, "ParseNet", §3.3).
 */
export class L2Normalization extends tf.layers.Layer {
  static readonly className = 'L2Normalization';
  #scale: ReturnType<tf.layers.Layer['addWeight']> | undefined;

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const initial = tf.initializers.constant({ value: INITIAL_SCALE });
    this.#scale = this.addWeight('scale', [onlyShape(inputShape).at(-1)!], 'float32', initial);
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(normalizeChannels(onlyTensor(inputs)), this.#scale!.read()));
  }
}

/**
 * x / (‖x‖₂ + ε) over the last axis. Its gradient is written out, for the derivative of ‖x‖ that TF.js composes is not a number at zero:
 * with n = ‖x‖, dx = dy / (n + ε) − x · ⟨dy, x⟩ / (n · (n + ε)²).
 */
export function normalizeChannels(x: tf.Tensor): tf.Tensor {
  const normalize = tf.customGrad((input, save) => {
    const values = input as tf.Tensor;
    const norm = tf.sqrt(tf.sum(tf.square(values), -1, true));
    (save as tf.GradSaveFunc)([values, norm]);
    return {
      value: tf.div(values, tf.add(norm, EPSILON)),
      gradFunc: (dy, saved) => {
        const [savedValues, savedNorm] = saved as [tf.Tensor, tf.Tensor];
        const divisor = tf.add(savedNorm, EPSILON);
        const unit = tf.div(savedValues, divisor);
        const along = tf.div(tf.sum(tf.mul(dy, unit), -1, true), tf.maximum(savedNorm, EPSILON));
        return tf.sub(tf.div(dy, divisor), tf.mul(unit, along));
      },
    };
  });
  return normalize(x);
}
