import { drawUniform } from '../kernels/random-key.ts';
import { tf } from '../tf.ts';
import { onlyTensor, stockLayer } from './stock.ts';

interface StockDropout {
  readonly rate: number;
  readonly seed?: number;
  getNoiseShape(input: tf.Tensor): number[] | null | undefined;
}

/**
 * Sets a share `rate` of x to zero and divides the rest by what is left (Srivastava et al. 2014). The numbers are those of the step's key
 * (`withRandomKey`), or else TF.js's own, which a graph cannot have.
 */
function drop(x: tf.Tensor, { rate, seed }: StockDropout, noiseShape: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const numbers = drawUniform(noiseShape);
    if (numbers === undefined) return tf.dropout(x, rate, [...noiseShape], seed);
    const kept = tf.cast(tf.greaterEqual(numbers, rate), 'float32');
    return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
  });
}

const isAtWork = (rate: number, options: Record<string, unknown>): boolean => options['training'] === true && rate > 0 && rate < 1;

/** TF.js's Dropout, with numbers of the step's key where there is one. */
export class Dropout extends stockLayer<StockDropout>('Dropout') {
  static readonly className = 'Dropout';

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor {
    const x = onlyTensor(inputs);
    return isAtWork(this.rate, options) ? drop(x, this, this.getNoiseShape(x) ?? x.shape) : tf.clone(x);
  }
}

/** Drops whole channels of an image in training (Tompson et al. 2015, "Efficient object localization", §3.2); nothing else. */
export class SpatialDropout extends stockLayer<StockDropout>('Dropout') {
  static readonly className = 'SpatialDropout2D';

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor {
    const x = onlyTensor(inputs);
    return isAtWork(this.rate, options) ? drop(x, this, [x.shape[0]!, 1, 1, x.shape[3]!]) : tf.clone(x);
  }
}
