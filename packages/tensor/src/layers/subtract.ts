import { tf } from '../tf.ts';
import { stockLayer } from './stock.ts';

/** Keras's Subtract, the one merging layer that TF.js left out: the first input minus the second, stretched to each other as in an Add. */
export class Subtract extends stockLayer<object>('Add') {
  static readonly className = 'Subtract';

  protected mergeFunction([left, right, ...more]: tf.Tensor[]): tf.Tensor {
    if (left === undefined || right === undefined || more.length > 0) throw new RangeError('Subtract takes two inputs');
    return tf.sub(left, right);
  }
}
