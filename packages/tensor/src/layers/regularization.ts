import { tf } from '../tf.ts';
import { onlyShape, onlyTensor } from './stock.ts';

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
