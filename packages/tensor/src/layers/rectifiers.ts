import { tf } from '../tf.ts';
import { onlyShape, onlyTensor, stockLayer } from './stock.ts';

/** TF.js's ReLU; with a ceiling of 6, which it composes, the kernel that there is for it. */
export class Rectifier extends stockLayer<{ readonly maxValue?: number | null }>('ReLU') {
  static readonly className = 'ReLU';

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor | tf.Tensor[] {
    return this.maxValue === 6 ? tf.relu6(onlyTensor(inputs)) : super.call(inputs, options);
  }
}

/** x where it is positive, else α · (eˣ − 1) (Clevert et al. 2016). TF.js's own refuses any α but 1. */
export class ExponentialLinearUnit extends tf.layers.Layer {
  static readonly className = 'ELU';
  readonly alpha: number;

  constructor({ alpha, ...config }: tf.serialization.ConfigDict) {
    super(config);
    this.alpha = Number(alpha ?? 1);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = onlyTensor(inputs);
    if (this.alpha === 1) return tf.elu(x);
    return tf.tidy(() => {
      const positive = tf.relu(x);
      return tf.add(positive, tf.mul(tf.sub(tf.elu(x), positive), this.alpha));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}

/** x where it is above θ, else 0 (Konda et al. 2015). TF.js's own has no gradient. */
export class ThresholdedRectifier extends tf.layers.Layer {
  static readonly className = 'ThresholdedReLU';
  readonly theta: number;

  constructor({ theta, ...config }: tf.serialization.ConfigDict) {
    super(config);
    this.theta = Number(theta ?? 1);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const rectify = tf.customGrad((input, save) => {
      const x = input as tf.Tensor;
      const isActive = tf.cast(tf.greater(x, this.theta), 'float32');
      (save as tf.GradSaveFunc)([isActive]);
      return { value: tf.mul(x, isActive), gradFunc: (dy, saved) => tf.mul(dy, (saved as tf.Tensor[])[0]!) };
    });
    return tf.tidy(() => rectify(onlyTensor(inputs)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), theta: this.theta };
  }
}
