import { unsupportedLayer } from '../faults.ts';
import { activation, prelu, rectifierLayer, softmaxLayer } from './activation.ts';
import { convolution, depthwiseConvolution, separableConvolution, transposedConvolution } from './convolution.ts';
import { dense } from './dense.ts';
import { identity, input } from './input.ts';
import type { LayerKind } from './kind.ts';
import { concatenation, elementwise } from './merge.ts';
import { batchNormalisation, l2Normalisation } from './normalisation.ts';
import { channelPadding, cropping, upSampling, zeroPadding } from './padding.ts';
import { averagePooling, globalAveragePooling, globalMaximumPooling, maximumPooling } from './pooling.ts';
import { flatten, permute, reshape } from './reshape.ts';
import { channelSelection } from './selection.ts';

/** Every kind of layer that Espalier can read, count and cut, by its class name in the topology. */
const layerKinds: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries({
    InputLayer: input,
    Conv2D: convolution,
    DepthwiseConv2D: depthwiseConvolution,
    SeparableConv2D: separableConvolution,
    Conv2DTranspose: transposedConvolution,
    Dense: dense,
    BatchNormalization: batchNormalisation,
    L2Normalization: l2Normalisation,
    Activation: activation,
    ReLU: rectifierLayer,
    LeakyReLU: rectifierLayer,
    ELU: rectifierLayer,
    ThresholdedReLU: rectifierLayer,
    PReLU: prelu,
    Softmax: softmaxLayer,
    MaxPooling2D: maximumPooling,
    AveragePooling2D: averagePooling,
    GlobalMaxPooling2D: globalMaximumPooling,
    GlobalAveragePooling2D: globalAveragePooling,
    ZeroPadding2D: zeroPadding,
    Cropping2D: cropping,
    UpSampling2D: upSampling,
    ChannelPadding: channelPadding,
    ChannelSelection: channelSelection,
    Add: elementwise,
    Subtract: elementwise,
    Average: elementwise,
    Maximum: elementwise,
    Minimum: elementwise,
    Multiply: elementwise,
    Concatenate: concatenation,
    Flatten: flatten,
    Reshape: reshape,
    Permute: permute,
    Dropout: identity,
    SpatialDropout2D: identity,
    GaussianNoise: identity,
    GaussianDropout: identity,
    AlphaDropout: identity,
    ActivityRegularization: identity,
  }),
);

export const layerTypes: readonly string[] = [...layerKinds.keys()];

const networks: ReadonlySet<string> = new Set(['Model', 'Functional', 'Sequential']);

export function layerKind(layer: string, type: string): LayerKind {
  if (networks.has(type))
    throw unsupportedLayer(layer, 'is a network inside the network', 'Export it flat, with the inner layers in the outer network.');
  const kind = layerKinds.get(type);
  if (kind === undefined)
    throw unsupportedLayer(layer, `its type ${type} is not known`, `Build the network from ${layerTypes.slice(1).join(', ')}.`);
  return kind;
}
