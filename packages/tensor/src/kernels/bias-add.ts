import { type Binding, NATIVE_BACKEND, type NativeBackend, nativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';

const KERNEL = 'BiasAdd';
const GRADIENT_KERNEL = 'BiasAddGrad';

/** TensorFlow's `BiasAdd` and `BiasAddGrad`: the latter adds up a channel several times as fast as the sum over axes that TF.js composes. */
export function installBiasAdd(binding: Binding): void {
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
  ];
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      (backend as NativeBackend).executeSingleOutput(KERNEL, attributes, [inputs['x']!, inputs['bias']!]),
  });
  tf.registerKernel({
    kernelName: GRADIENT_KERNEL,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend }) => (backend as NativeBackend).executeSingleOutput(GRADIENT_KERNEL, attributes, [inputs['dy']!]),
  });
  tf.registerGradient({
    kernelName: KERNEL,
    gradFunc: (dy) => ({
      x: () => dy as tf.Tensor,
      bias: () => {
        // As rows: of dy itself, a graph makes one operation with the gradient of the filter, which adds up in another order than the two apart.
        const rows = tf.reshape(dy as tf.Tensor, [-1, (dy as tf.Tensor).shape.at(-1)!]);
        return tf.engine().runKernel(GRADIENT_KERNEL, { dy: rows }) as tf.Tensor;
      },
    }),
  });
}

/** x [N, …, C] + bias [C]. */
export function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const isInstalled = nativeBackend() !== undefined && tf.getKernel(KERNEL, NATIVE_BACKEND) !== undefined;
  return isInstalled ? (tf.engine().runKernel(KERNEL, { x, bias }) as tf.Tensor) : tf.add(x, bias);
}
