import * as activation from './activation.ts';
import * as convolution from './convolution.ts';
import type { LayerExporter } from './layer-export.ts';
import * as merging from './merging.ts';
import * as normalisation from './normalisation.ts';
import * as pooling from './pooling.ts';
import * as shaping from './shaping.ts';

/** How each type of layer is written, by its class name in the topology. Inputs are written apart. */
export const layerExporters: Readonly<Record<string, LayerExporter>> = {
  Conv2D: convolution.convolution,
  DepthwiseConv2D: convolution.depthwiseConvolution,
  SeparableConv2D: convolution.separableConvolution,
  Conv2DTranspose: convolution.transposedConvolution,
  Dense: convolution.dense,
  BatchNormalization: normalisation.batchNormalisation,
  L2Normalization: normalisation.l2Normalisation,
  Activation: activation.activationLayer,
  ReLU: activation.reluLayer,
  LeakyReLU: activation.leakyReluLayer,
  ELU: activation.eluLayer,
  ThresholdedReLU: activation.thresholdedReluLayer,
  PReLU: activation.preluLayer,
  Softmax: activation.softmaxLayer,
  MaxPooling2D: pooling.maximumPooling,
  AveragePooling2D: pooling.averagePooling,
  GlobalMaxPooling2D: pooling.globalMaximumPooling,
  GlobalAveragePooling2D: pooling.globalAveragePooling,
  ZeroPadding2D: shaping.zeroPadding,
  Cropping2D: shaping.cropping,
  UpSampling2D: shaping.upSampling,
  ChannelPadding: shaping.channelPadding,
  ChannelSelection: shaping.channelSelection,
  Add: merging.addition,
  Subtract: merging.subtraction,
  Multiply: merging.multiplication,
  Average: merging.average,
  Maximum: merging.maximum,
  Minimum: merging.minimum,
  Concatenate: merging.concatenation,
  Flatten: shaping.reshape,
  Reshape: shaping.reshape,
  Permute: shaping.permute,
  Dropout: shaping.identity,
  SpatialDropout2D: shaping.identity,
  GaussianNoise: shaping.identity,
  GaussianDropout: shaping.identity,
  AlphaDropout: shaping.identity,
  ActivityRegularization: shaping.identity,
};
