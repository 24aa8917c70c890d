import { tf } from '../tf.ts';
import { normalizeBatch } from './batch-norm.ts';

/** The fields of TF.js's BatchNormalization layer that its `call` uses; the class itself is not exported. */
interface BatchNormalizationLayer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma: LayerVariable | undefined;
  readonly beta: LayerVariable | undefined;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
  call(inputs: tf.Tensor | tf.Tensor[], options: { training?: boolean }): tf.Tensor | tf.Tensor[];
}

interface LayerVariable {
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
}

/** Makes every BatchNormalization layer train by the fused kernel; other ranks, other axes and inference go the stock way. */
export function patchBatchNormalization(): void {
  const prototype = Object.getPrototypeOf(tf.layers.batchNormalization({})) as BatchNormalizationLayer;
  const stockCall = prototype.call;
  prototype.call = function call(this: BatchNormalizationLayer, inputs, options) {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    const isLastAxis = this.axis === -1 || this.axis === 3;
    if (options.training !== true || x.rank !== 4 || !isLastAxis) return stockCall.call(this, inputs, options);
    return tf.tidy(() => trainFused(this, x as tf.Tensor4D));
  };
}

function trainFused(layer: BatchNormalizationLayer, x: tf.Tensor4D): tf.Tensor {
  const channels = x.shape[3];
  const gamma = (layer.gamma?.read() ?? tf.ones([channels])) as tf.Tensor1D;
  const beta = (layer.beta?.read() ?? tf.zeros([channels])) as tf.Tensor1D;
  const { y, mean, variance } = normalizeBatch(x, gamma, beta, layer.epsilon);
  updateMovingAverage(layer.movingMean, mean, layer.momentum);
  updateMovingAverage(layer.movingVariance, variance, layer.momentum);
  return y;
}

/** average ← average − (1 − momentum) · (average − value), in the order of operations of the stock layer. */
function updateMovingAverage(variable: LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    const average = variable.read();
    variable.write(tf.sub(average, tf.mul(tf.sub(average, value), 1 - momentum)));
  });
}
