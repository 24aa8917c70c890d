import { tf } from '../tf.ts';
import { onlyShape, onlyTensor, stockLayer } from './stock.ts';

/** Drops whole channels of an image in training (Tompson et al. 2015, "Efficient object localization", §3.2); nothing else. */
export class SpatialDropout extends stockLayer<{ readonly rate: number; readonly seed?: number }>('Dropout') {
  static readonly className = 'SpatialDropout2D';

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor {
    const x = onlyTensor(inputs) as tf.Tensor4D;
    if (options['training'] !== true || this.rate === 0) return tf.clone(x);
    return tf.dropout(x, this.rate, [x.shape[0], 1, 1, x.shape[3]], this.seed) as tf.Tensor;
  }
}

/** Adds to Keras's loss, which nothing here reads; what goes in comes out. */
export class ActivityRegularization extends tf.layers.Layer {
  static readonly className = 'ActivityRegularization';

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.clone(onlyTensor(inputs));
  }
}
