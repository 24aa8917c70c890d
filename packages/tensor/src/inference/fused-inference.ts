import { fusedConvolution, fusedDepthwise, type FusedSettings, hasFusedConvolutions } from '../kernels/fused-convolution.ts';
import { type BatchNormalization } from '../layers/batch-normalization.ts';
import { Convolution } from '../layers/convolution.ts';
import { type LayerVariable, onlyTensor } from '../layers/stock.ts';
import { tf } from '../tf.ts';
import { type Chain, findChains } from './chains.ts';

type Apply = tf.layers.Layer['apply'];

/**
 * The model in inference mode, with convolutions, their batch normalisation and their rectifier done by one kernel each where native TensorFlow computes on
 * a CPU with oneDNN; elsewhere it is the model as it is. Weights are read at every call and never changed. It has no gradient.
 *
 * The same kernels run operation by operation and in a compiled step. Against the layers one by one it differs by rounding alone: the scale
 * γ/√(variance + ε) is multiplied in another order, some units in the last place of float32 for each layer.
 */
export function fusedInference(model: tf.LayersModel): (images: tf.Tensor) => tf.Tensor[] {
  const replaced = new Map<tf.layers.Layer, Apply>();
  for (const chain of hasFusedConvolutions() ? findChains(model) : []) {
    const last = chain.layers.at(-1)!;
    // What the chain reads is handed through to its last layer. A clone, since the model lets go of what it takes for an intermediate result.
    for (const layer of chain.layers) replaced.set(layer, (inputs) => tf.clone(onlyTensor(inputs as tf.Tensor)));
    replaced.set(last, (inputs) => tf.tidy(() => runChain(chain, onlyTensor(inputs as tf.Tensor) as tf.Tensor4D)));
  }
  return (images) => {
    for (const [layer, apply] of replaced) layer.apply = apply;
    try {
      return [model.apply(images, { training: false }) as tf.Tensor | tf.Tensor[]].flat();
    } finally {
      // The method of the class stands behind the one of the object.
      for (const layer of replaced.keys()) Reflect.deleteProperty(layer, 'apply');
    }
  };
}

function runChain({ padding, convolution, normalization, activation }: Chain, x: tf.Tensor4D): tf.Tensor4D {
  const { strides, dilationRate } = convolution;
  const settings: FusedSettings = {
    strides: [strides[0], strides[1]],
    pad: padding ?? convolution.padding,
    dilations: [dilationRate[0], dilationRate[1]],
  };
  const bias = read(convolution.bias);
  if (convolution instanceof Convolution) {
    const filter = convolution.kernel.read() as tf.Tensor4D;
    if (normalization === null) return fusedConvolution(x, filter, settings, { vectors: [bias!], epsilon: null, activation });
    const { gamma, beta, mean, variance } = vectorsOf(normalization);
    // (y + b) − mean is y − (mean − b).
    const vectors = [gamma, beta, bias === null ? mean : tf.sub(mean, bias), variance];
    return fusedConvolution(x, filter, settings, { vectors, epsilon: normalization.epsilon, activation });
  }
  const filter = convolution.depthwiseKernel.read() as tf.Tensor4D;
  if (normalization === null) return fusedDepthwise(x, filter, settings, { vectors: [bias!], epsilon: null, activation });
  const { gamma, beta, mean, variance } = vectorsOf(normalization);
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, normalization.epsilon)));
  const shift = tf.sub(beta, tf.mul(bias === null ? mean : tf.sub(mean, bias), scale));
  const scaled = tf.mul(filter, tf.reshape(scale, [filter.shape[2], filter.shape[3]])) as tf.Tensor4D;
  return fusedDepthwise(x, scaled, settings, { vectors: [shift], epsilon: null, activation });
}

function vectorsOf(layer: BatchNormalization): Record<'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor> {
  const [mean, variance] = [layer.movingMean.read(), layer.movingVariance.read()];
  return { gamma: read(layer.gamma) ?? tf.onesLike(mean), beta: read(layer.beta) ?? tf.zerosLike(mean), mean, variance };
}

const read = (weight: LayerVariable | null | undefined): tf.Tensor | null => weight?.read() ?? null;
