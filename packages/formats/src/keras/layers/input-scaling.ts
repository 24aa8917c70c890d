import { unsupported } from '../config/inbound.ts';
import type { KerasLayer, LayerWeights } from '../model.ts';
import type { TranslatedLayer, Translation } from './from-keras.ts';

/** How many channels the tensor has that a layer reads. */
export type KnownChannels = (layer: KerasLayer) => number;

/** Below which Keras takes a standard deviation for zero (`backend.epsilon()`). */
const smallestDeviation = 1e-7;

/**
 * Rescaling (x · scale + offset) and Normalization ((x − mean) / σ) as a 1 × 1 depthwise convolution: both are one factor and one summand for
 * each channel. Networks of keras.applications begin with them.
 */
export function affineLayer(layer: KerasLayer, weights: LayerWeights, context: Translation): TranslatedLayer {
  const { type, name, settings } = layer;
  const channels = context.channelsOf(layer);
  const [factor, summand] = type === 'Rescaling' ? rescaling(layer, channels) : normalisation(layer, weights, channels);
  context.warn(`Layer ${name} is a ${type}; it was read as a 1 × 1 depthwise convolution that computes the same.`);
  return {
    layer: {
      class_name: 'DepthwiseConv2D',
      name,
      config: {
        name,
        trainable: settings['trainable'] ?? true,
        kernel_size: [1, 1],
        strides: [1, 1],
        padding: 'valid',
        depth_multiplier: 1,
        use_bias: true,
        activation: 'linear',
        data_format: 'channels_last',
      },
      inbound_nodes: layer.inbound,
    },
    weights: [
      { shape: [1, 1, channels, 1], values: Float32Array.from(factor) },
      { shape: [channels], values: Float32Array.from(summand) },
    ],
  };
}

type Affine = [factor: readonly number[], summand: readonly number[]];

const rescaling = ({ name, settings }: KerasLayer, channels: number): Affine => [
  perChannel(settings['scale'], channels, name, 'scale'),
  perChannel(settings['offset'] ?? 0, channels, name, 'offset'),
];

function normalisation({ name, settings }: KerasLayer, [mean, variance]: LayerWeights, channels: number): Affine {
  if (settings['invert'] === true) throw unsupported(name, 'is an inverted Normalization', 'Leave it out of the saved model.');
  const means = settings['mean'] ?? [...(mean?.values ?? [0])];
  const variances = settings['variance'] ?? [...(variance?.values ?? [1])];
  const shift = perChannel(means, channels, name, 'mean');
  const factor = perChannel(variances, channels, name, 'variance').map((value) => 1 / Math.max(Math.sqrt(value), smallestDeviation));
  return [factor, shift.map((value, channel) => -value * factor[channel]!)];
}

/** A number for each channel, out of one number or a list that is nested as the picture's axes are. */
function perChannel(value: unknown, channels: number, layer: string, key: string): number[] {
  const numbers: unknown[] = (Array.isArray(value) ? value.flat(Infinity) : [value]) as unknown[];
  const all = numbers.length === 1 ? Array.from({ length: channels }, () => numbers[0]) : numbers;
  if (all.length !== channels || !all.every((entry) => typeof entry === 'number' && Number.isFinite(entry)))
    throw unsupported(
      layer,
      `its ${key} is neither one number nor one for each of ${channels} channels`,
      'Scale the pictures before they enter the model.',
    );
  return all as number[];
}
