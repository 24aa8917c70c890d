import { type Binding, NATIVE_BACKEND, type NativeBackend, nativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';

const KERNEL = 'SoftmaxCrossEntropyWithLogits';

/** Registers TensorFlow's fused cross-entropy: [B, C] and [B, C] → the losses [B] and their gradient in the logits [B, C]. */
export function installSoftmaxCrossEntropy(binding: Binding): void {
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      (backend as NativeBackend).executeMultipleOutputs(KERNEL, attributes, [inputs['logits']!, inputs['labels']!], 2),
  });
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['logits'],
    outputsToSave: [false, true],
    gradFunc: (dys, [logits, softmaxMinusLabels]) => {
      const perExample = tf.expandDims((dys as tf.Tensor[])[0]!, 1);
      return {
        logits: () => tf.mul(perExample, softmaxMinusLabels!),
        labels: () => tf.mul(perExample, tf.neg(tf.logSoftmax(logits as tf.Tensor2D))),
      };
    },
  });
}

/**
 * Cross-entropy of each example, −Σ_c labels_c · log softmax(logits)_c, in nats. Labels may be soft (a teacher's probabilities).
 *
 * @param labels [B, C], each row a distribution
 * @param logits [B, C]
 * @returns [B]
 */
export function softmaxCrossEntropy(labels: tf.Tensor2D, logits: tf.Tensor2D): tf.Tensor1D {
  if (nativeBackend() === undefined) return tf.losses.softmaxCrossEntropy(labels, logits, undefined, undefined, tf.Reduction.NONE);
  const [loss] = tf.engine().runKernel(KERNEL, { logits, labels }) as tf.Tensor[];
  return loss as tf.Tensor1D;
}
