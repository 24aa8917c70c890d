import { type Binding, NATIVE_BACKEND, type NativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';

/**
 * Softmax over the last axis as the exponential of its logarithm. TensorFlow's own is one kernel by itself and another, of oneDNN, in a graph, which round
 * differently; these two are the same in both.
 */
export function installSoftmax(binding: Binding): void {
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
  tf.unregisterKernel(tf.Softmax, NATIVE_BACKEND);
  tf.registerKernel({
    kernelName: tf.Softmax,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const native = backend as NativeBackend;
      const logarithm = native.executeSingleOutput('LogSoftmax', attributes, [inputs['logits']!]);
      const softmax = native.executeSingleOutput('Exp', attributes, [logarithm]);
      logarithm.dispose();
      return softmax;
    },
  });
}
