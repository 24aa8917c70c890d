import { type Binding, NATIVE_BACKEND, type NativeBackend } from '../backend/native.ts';
import { tf } from '../tf.ts';

const KERNEL = 'StatelessRandomUniform';

/** TensorFlow's counter-based generator (Philox, Salmon et al. 2011): the numbers are a function of shape and seed, and the same on every device. */
export function installStatelessRandom(binding: Binding): void {
  const attributes = [
    { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
    { name: 'Tseed', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
  ];
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend }) =>
      (backend as NativeBackend).executeSingleOutput(KERNEL, attributes, [inputs['shape']!, inputs['seed']!]),
  });
}

interface Draws {
  readonly key: tf.Tensor1D;
  /** How often numbers were drawn: each draw has numbers of its own. */
  count: number;
}

let draws: Draws | undefined;

/**
 * Does `work` with every draw of a layer (dropout) a function of `key` and its place in the order of draws. With the key fed, a step that draws can be
 * compiled, and takes the same bits again after it was interrupted.
 *
 * @param key two int32, drawn anew for each step
 */
export function withRandomKey<Result>(key: tf.Tensor1D, work: () => Result): Result {
  const before = draws;
  draws = { key, count: 0 };
  try {
    return work();
  } finally {
    draws = before;
  }
}

/** Numbers from 0 (within) to 1 (without), of the key in force; undefined where none is. */
export function drawUniform(shape: readonly number[]): tf.Tensor | undefined {
  if (draws === undefined) return undefined;
  const { key } = draws;
  const place = draws.count++;
  return tf.tidy(() => {
    const seed = tf.add(key, tf.tensor1d([0, place], 'int32'));
    if (tf.getKernel(KERNEL, tf.getBackend()) !== undefined)
      return tf.engine().runKernel(KERNEL, { shape: tf.tensor1d([...shape], 'int32'), seed }) as tf.Tensor;
    return tf.randomUniform([...shape], 0, 1, 'float32', seed.dataSync().join());
  });
}
