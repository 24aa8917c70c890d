import { tf } from '../tf.ts';
import { onlyShape, onlyTensor } from './stock.ts';

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
