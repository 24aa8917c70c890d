import { installConvolutionGradient } from '../kernels/convolution-gradient.ts';
import { installMaxGradient } from '../kernels/max-gradient.ts';
import { tf } from '../tf.ts';
import { ownActivations } from './activations.ts';
import { BatchNormalization } from './batch-normalization.ts';
import { ChannelPadding } from './channel-padding.ts';
import { ChannelSelection } from './channel-selection.ts';
import { Convolution } from './convolution.ts';
import { DepthwiseConvolution, SeparableConvolution } from './depthwise-convolution.ts';
import { Dropout, SpatialDropout } from './dropout.ts';
import { GlobalAveragePooling, GlobalMaximumPooling } from './global-pooling.ts';
import { L2Normalization } from './l2-normalization.ts';
import { ExponentialLinearUnit, Rectifier, ThresholdedRectifier } from './rectifiers.ts';
import { ActivityRegularization } from './regularization.ts';
import { Subtract } from './subtract.ts';

/** Layers that TF.js does not have, by the `class_name` under which topologies name them. */
const ownLayers = [ChannelPadding, ChannelSelection, L2Normalization, Subtract, SpatialDropout, ActivityRegularization];

/** Layers that TF.js has only in part; these take the place of its own. */
const completedLayers = [
  BatchNormalization,
  Convolution,
  DepthwiseConvolution,
  SeparableConvolution,
  Dropout,
  GlobalAveragePooling,
  GlobalMaximumPooling,
  ExponentialLinearUnit,
  Rectifier,
  ThresholdedRectifier,
];

let registered = false;

/** Makes the project's own layers and activations, and the gradients that they want, known to TF.js, once a process. */
export function registerLayers(): void {
  if (registered) return;
  installConvolutionGradient();
  installMaxGradient();
  for (const layer of [...ownLayers, ...completedLayers, ...ownActivations]) tf.serialization.registerClass(layer as never);
  registered = true;
}
