import { tf } from '../tf.ts';
import { type LayerVariable, onlyTensor, stockLayer } from './stock.ts';

interface StockBatchNormalization {
  readonly axis: number;
  readonly epsilon: number;
  readonly gamma: LayerVariable | null | undefined;
  readonly beta: LayerVariable | null | undefined;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/**
 * TF.js's BatchNormalization with an axis as Keras saves it, in a list, and with a gradient at inference where γ or β is left out: TF.js looks for one
 * of the missing vector, and fails.
 */
export class BatchNormalization extends stockLayer<StockBatchNormalization>('BatchNormalization') {
  static readonly className = 'BatchNormalization';

  constructor(config: tf.serialization.ConfigDict) {
    const { axis } = config;
    super(Array.isArray(axis) ? { ...config, axis: axis[0]! } : config);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor | tf.Tensor[] {
    const x = onlyTensor(inputs);
    const isComplete = isThere(this.gamma) && isThere(this.beta);
    const isLastAxis = this.axis === -1 || this.axis === x.rank - 1;
    if (options['training'] === true || isComplete || !isLastAxis || x.rank < 2 || x.rank > 4) return super.call(inputs, options);
    return tf.tidy(() => {
      const [mean, variance] = [this.movingMean.read(), this.movingVariance.read()] as [tf.Tensor1D, tf.Tensor1D];
      const gamma = (isThere(this.gamma) ? this.gamma.read() : tf.onesLike(mean)) as tf.Tensor1D;
      const beta = (isThere(this.beta) ? this.beta.read() : tf.zerosLike(mean)) as tf.Tensor1D;
      return tf.batchNorm(x as tf.Tensor4D, mean, variance, beta, gamma, this.epsilon);
    });
  }
}

const isThere = (weight: LayerVariable | null | undefined): weight is LayerVariable => weight !== null && weight !== undefined;
