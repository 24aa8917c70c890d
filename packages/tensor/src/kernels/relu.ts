import { type Binding, NATIVE_BACKEND, type NativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';

/**
 * TensorFlow's `ReluGrad` and `Relu6Grad`: dx = dy where the unit is active, else 0. Both take the activation's output y in place of its
 * input, so that only y is kept for the backward pass. Equal bit for bit to the stock gradients dy · step(relu(x)) and dy · (x ≤ 6) · step(x).
 */
export function installReluGradients(binding: Binding): void {
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
  for (const activation of ['Relu', 'Relu6']) {
    const gradient = `${activation}Grad`;
    tf.registerKernel({
      kernelName: gradient,
      backendName: NATIVE_BACKEND,
      kernelFunc: ({ inputs, backend }) =>
        (backend as NativeBackend).executeSingleOutput(gradient, attributes, [inputs['dy']!, inputs['y']!]),
    });
    tf.unregisterGradient(activation);
    tf.registerGradient({
      kernelName: activation,
      outputsToSave: [true],
      gradFunc: (dy, [y]) => ({ x: () => tf.engine().runKernel(gradient, { dy: dy as tf.Tensor, y: y! }) as tf.Tensor }),
    });
  }
}
