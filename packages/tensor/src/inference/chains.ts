import { BatchNormalization } from '../layers/batch-normalization.ts';
import { Convolution } from '../layers/convolution.ts';
import { DepthwiseConvolution } from '../layers/depthwise-convolution.ts';
import { Rectifier } from '../layers/rectifiers.ts';
import { type FusedActivation } from '../kernels/fused-convolution.ts';
import { type tf } from '../tf.ts';

/** Layers that one kernel can do in inference mode: each reads the one before it and nothing else, and nothing else reads it. */
export interface Chain {
  /** Zeros above, below, left and right, of the layer that the chain begins with; null where it begins with the convolution. */
  readonly padding: readonly [number, number, number, number] | null;
  readonly convolution: Convolution | DepthwiseConvolution;
  readonly normalization: BatchNormalization | null;
  readonly activation: FusedActivation | null;
  /** All of them, in order. */
  readonly layers: readonly tf.layers.Layer[];
}

/** The chains of a model that save a pass through memory. What the model gives out stays as it is. */
export function findChains(model: tf.LayersModel): Chain[] {
  const isOutput = new Set(model.outputs.map(({ sourceLayer }) => sourceLayer));
  const next = (layer: tf.layers.Layer): tf.layers.Layer | null => {
    const [reader, ...others] = layer.outboundNodes;
    if (reader === undefined || others.length > 0 || isOutput.has(layer)) return null;
    const { outboundLayer, inboundLayers } = reader;
    return inboundLayers.length === 1 && isCalledOnce(outboundLayer) ? outboundLayer : null;
  };
  return model.layers.flatMap((layer) => {
    if (!(layer instanceof Convolution || layer instanceof DepthwiseConvolution) || !isCalledOnce(layer)) return [];
    const chain = chainFrom(layer, next);
    return chain === null ? [] : [chain];
  });
}

function chainFrom(
  convolution: Convolution | DepthwiseConvolution,
  next: (layer: tf.layers.Layer) => tf.layers.Layer | null,
): Chain | null {
  if (convolution instanceof Convolution && convolution.groups !== 1) return null;
  const own = activationOf(convolution);
  if (own === undefined) return null;
  const before = convolution.inboundNodes[0]!.inboundLayers[0]!;
  const padding =
    convolution instanceof Convolution && convolution.padding === 'valid' && next(before) === convolution ? zeros(before) : null;
  const layers: tf.layers.Layer[] = padding === null ? [convolution] : [before, convolution];
  let normalization: BatchNormalization | null = null;
  let activation = own;
  let following = next(convolution);
  if (own === null && following instanceof BatchNormalization && normalizesChannels(following)) {
    normalization = following;
    layers.push(following);
    following = next(following);
  }
  if (own === null && following !== null && isActivation(following)) {
    const found = activationOf(following);
    if (found !== undefined && found !== null) {
      activation = found;
      layers.push(following);
    }
  }
  const hasVectors = normalization !== null || isThere(convolution.bias);
  return hasVectors && (layers.length > 1 || activation !== null) ? { padding, convolution, normalization, activation, layers } : null;
}

const isThere = (weight: unknown): boolean => weight !== null && weight !== undefined;
const isCalledOnce = (layer: tf.layers.Layer): boolean => layer.inboundNodes.length === 1;
const normalizesChannels = ({ axis }: BatchNormalization): boolean => axis === -1 || axis === 3;
const isActivation = (layer: tf.layers.Layer): boolean => layer.getClassName() === 'Activation' || layer instanceof Rectifier;

/** Null for none, undefined for one that no kernel has. */
function activationOf(layer: tf.layers.Layer): FusedActivation | null | undefined {
  if (layer instanceof Rectifier) return isThere(layer.maxValue) ? (layer.maxValue === 6 ? 'Relu6' : undefined) : 'Relu';
  const name = layer.getConfig()['activation'];
  if (name === 'linear' || name === null || name === undefined) return null;
  return name === 'relu' ? 'Relu' : name === 'relu6' ? 'Relu6' : undefined;
}

function zeros(layer: tf.layers.Layer): readonly [number, number, number, number] | null {
  if (layer.getClassName() !== 'ZeroPadding2D') return null;
  const { padding, dataFormat } = layer as unknown as {
    padding: readonly [readonly [number, number], readonly [number, number]];
    dataFormat: string;
  };
  return dataFormat === 'channelsFirst' ? null : [...padding[0], ...padding[1]];
}
