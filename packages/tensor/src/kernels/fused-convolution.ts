import process from 'node:process';
import { acceleration } from '../backend/acceleration.ts';
import { type Binding, NATIVE_BACKEND, type NativeBackend, nativeBackend, type OpAttribute } from '../backend/native.ts';
import { tf } from '../tf.ts';
import { type ConvolutionSettings } from './grouped-convolution.ts';

const CONVOLUTION = '_MklNativeFusedConv2D';
const DEPTHWISE = '_MklNativeFusedDepthwiseConv2dNative';

/** What a rectifier behind a convolution is called among TensorFlow's fused operations. */
export type FusedActivation = 'Relu' | 'Relu6';

/** How a convolution in inference mode is finished in the same pass through memory. */
export interface Epilogue {
  /** γ, β, mean and variance of a batch normalisation, or one bias: each [C]. */
  readonly vectors: readonly tf.Tensor[];
  /** Added to the variance; null where the one vector is a bias. */
  readonly epsilon: number | null;
  readonly activation: FusedActivation | null;
}

export interface FusedSettings extends Omit<ConvolutionSettings, 'pad'> {
  /** Or the zeros above, below, left and right of the picture; not for depthwise convolutions. */
  readonly pad: 'valid' | 'same' | readonly [number, number, number, number];
}

/**
 * oneDNN's convolutions that add a bias or normalise, and rectify, what they have just computed. They are called by the names that TensorFlow's graphs give
 * them, so that an operation by itself and one in a graph are the same kernel, to the same bits. Tried once: where oneDNN is off, on a GPU and in
 * other builds of TensorFlow there are none, and layers stay apart.
 */
export function installFusedConvolutions(backend: NativeBackend): void {
  // TensorFlow's mixed precision does not know these names.
  if (acceleration().precision !== 'float32') return;
  if (backend.isUsingGpuDevice || process.env['TF_ENABLE_ONEDNN_OPTS'] !== '1') return;
  for (const operation of [CONVOLUTION, DEPTHWISE]) {
    tf.registerKernel({
      kernelName: operation,
      backendName: NATIVE_BACKEND,
      kernelFunc: ({ inputs, attrs, backend: native }) => {
        const { attributes } = attrs as unknown as { attributes: OpAttribute[] };
        // In the order in which `run` put them in.
        return (native as NativeBackend).executeSingleOutput(operation, attributes, Object.values(inputs) as tf.TensorInfo[]);
      },
    });
  }
  if (works()) return;
  for (const operation of [CONVOLUTION, DEPTHWISE]) tf.unregisterKernel(operation, NATIVE_BACKEND);
}

export const hasFusedConvolutions = (): boolean => nativeBackend() !== undefined && tf.getKernel(CONVOLUTION, NATIVE_BACKEND) !== undefined;

function works(): boolean {
  const settings: FusedSettings = { strides: [1, 1], pad: 'same', dilations: [1, 1] };
  return tf.tidy(() => {
    const [x, filter, vector] = [tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1]), tf.ones([1])] as [tf.Tensor4D, tf.Tensor4D, tf.Tensor];
    try {
      const normalized = fusedConvolution(x, filter, settings, { vectors: Array(4).fill(vector), epsilon: 0, activation: 'Relu' });
      const biased = fusedDepthwise(x, filter, settings, { vectors: [vector], epsilon: null, activation: 'Relu6' });
      return [...normalized.dataSync(), ...biased.dataSync()].join() === '1,1,1,1,2,2,2,2';
    } catch {
      return false;
    }
  });
}

/** x [N, H, W, I] with filter [kH, kW, I, O] → [N, H', W', O]: the convolution, normalised or with its bias, and rectified. */
export function fusedConvolution(x: tf.Tensor4D, filter: tf.Tensor4D, settings: FusedSettings, epilogue: Epilogue): tf.Tensor4D {
  const { binding } = nativeBackend()!;
  const { vectors, epsilon } = epilogue;
  const attributes: OpAttribute[] = [
    ...commonAttributes(binding, settings, epilogue),
    { name: 'TArgs', type: binding.TF_ATTR_STRING, value: vectors.map(() => binding.TF_FLOAT).join() },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon ?? 0 },
  ];
  return run(CONVOLUTION, x, filter, vectors, attributes);
}

/** x [N, H, W, C] with filter [kH, kW, C, m] and a bias → [N, H', W', C·m]. There is no kernel that normalises behind it. */
export function fusedDepthwise(x: tf.Tensor4D, filter: tf.Tensor4D, settings: FusedSettings, epilogue: Epilogue): tf.Tensor4D {
  return run(DEPTHWISE, x, filter, epilogue.vectors, commonAttributes(nativeBackend()!.binding, settings, epilogue));
}

function run(
  operation: string,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  vectors: readonly tf.Tensor[],
  attributes: readonly OpAttribute[],
): tf.Tensor4D {
  const inputs = { x, filter, ...Object.fromEntries(vectors.map((vector, index) => [`vector${index}`, vector])) };
  return tf.engine().runKernel(operation, inputs, { attributes } as unknown as tf.NamedAttrMap) as tf.Tensor4D;
}

function commonAttributes(
  binding: Binding,
  { strides, pad, dilations }: FusedSettings,
  { vectors, epsilon, activation }: Epilogue,
): OpAttribute[] {
  const integers = (name: string, value: number | readonly number[]): OpAttribute => ({ name, type: binding.TF_ATTR_INT, value });
  const text = (name: string, value: string): OpAttribute => ({ name, type: binding.TF_ATTR_STRING, value });
  const first = epsilon === null ? 'BiasAdd' : 'FusedBatchNorm';
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    integers('num_args', vectors.length),
    integers('strides', [1, ...strides, 1]),
    integers('dilations', [1, ...dilations, 1]),
    text('padding', typeof pad === 'string' ? pad.toUpperCase() : 'EXPLICIT'),
    ...(typeof pad === 'string' ? [] : [integers('explicit_paddings', [0, 0, ...pad, 0, 0])]),
    text('data_format', 'NHWC'),
    text('fused_ops', activation === null ? first : `${first},${activation}`),
    // The label under which oneDNN's kernels are registered.
    text('_kernel', 'MklNameChangeOp'),
  ];
}
