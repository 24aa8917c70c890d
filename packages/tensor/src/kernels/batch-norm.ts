import { type Binding, NATIVE_BACKEND, type NativeBackend, type OpAttribute } from '../backend/native.ts';
import { tf } from '../tf.ts';

const KERNEL = 'TrainingBatchNorm';
const GRADIENT_KERNEL = 'TrainingBatchNormGrad';

/**
 * Batch normalisation over a batch (Ioffe and Szegedy 2015) by TensorFlow's `FusedBatchNormV3` and `FusedBatchNormGradV3`.
 * Outputs of the forward kernel: y, batch mean, batch variance, and three tensors that only the gradient reads.
 */
export function installFusedBatchNorm(binding: Binding): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const noStatistics = tf.tensor1d([], 'float32');
      const operands = [inputs['x']!, inputs['gamma']!, inputs['beta']!, noStatistics, noStatistics];
      const attributes = [...fusedAttributes(binding, attrs), { name: 'exponential_avg_factor', type: binding.TF_ATTR_FLOAT, value: 1 }];
      const outputs = (backend as NativeBackend).executeMultipleOutputs('FusedBatchNormV3', attributes, operands, 6);
      noStatistics.dispose();
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: GRADIENT_KERNEL,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const operands = ['dy', 'x', 'gamma', 'reserve1', 'reserve2', 'reserve3'].map((name) => inputs[name]!);
      return (backend as NativeBackend).executeMultipleOutputs('FusedBatchNormGradV3', fusedAttributes(binding, attrs), operands, 5);
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, false, false, true, true, true],
    gradFunc: (dys, [x, gamma, reserve1, reserve2, reserve3], attributes) => {
      const inputs = { dy: (dys as tf.Tensor[])[0]!, x: x!, gamma: gamma!, reserve1: reserve1!, reserve2: reserve2!, reserve3: reserve3! };
      // Here and not inside a closure: the tape tidies each closure apart, and the first would dispose what the other two need.
      const [dx, dGamma, dBeta] = tf.engine().runKernel(GRADIENT_KERNEL, inputs, attributes as tf.NamedAttrMap) as tf.Tensor[];
      return { x: () => dx!, gamma: () => dGamma!, beta: () => dBeta! };
    },
  });
}

export interface NormalizedBatch {
  /** γ · (x − mean) / √(variance + ε) + β, [N, H, W, C]. */
  readonly y: tf.Tensor4D;
  /** [C], over batch, height and width. */
  readonly mean: tf.Tensor1D;
  /** [C], of the population (divided by N·H·W), as stock TF.js takes it. */
  readonly variance: tf.Tensor1D;
}

/** Normalises a batch by its own statistics. Differentiable in x, gamma and beta through y; mean and variance carry no gradient. */
export function normalizeBatch(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): NormalizedBatch {
  const [y, mean, sampleVariance] = tf.engine().runKernel(KERNEL, { x, gamma, beta }, { epsilon }) as tf.Tensor[];
  // The fused kernel divides by count − 1; every backend of ours should keep the same moving statistics.
  const count = x.size / x.shape[3];
  const variance = tf.mul(sampleVariance!, Math.max(count - 1, 1) / count);
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

function fusedAttributes(binding: Binding, attributes: tf.NamedAttrMap | undefined): OpAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: attributes?.['epsilon'] },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}
