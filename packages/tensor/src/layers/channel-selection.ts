import { EspalierError } from '@espalier/core';
import { tf } from '../tf.ts';
import { onlyShape, onlyTensor } from './stock.ts';

export interface ChannelSelectionConfig {
  readonly name?: string;
  /** The input channel of each output channel. */
  readonly channels: readonly number[];
}

/** Output channel j is input channel `channels[j]`: [N, …, C] → [N, …, channels.length]. Slices, splits and channel shuffles are all this layer. */
export class ChannelSelection extends tf.layers.Layer {
  static readonly className = 'ChannelSelection';
  readonly channels: readonly number[];

  constructor({ channels, ...config }: ChannelSelectionConfig) {
    super(config);
    const name = config.name ?? 'ChannelSelection';
    if (!Array.isArray(channels) || channels.length === 0 || !channels.every((channel) => Number.isInteger(channel) && channel >= 0))
      throw new EspalierError(
        'BAD_NETWORK',
        `layer ${name} selects the channels ${JSON.stringify(channels)}, but needs a list of non-negative integers`,
        { path: ['layers', name, 'channels'] },
      );
    this.channels = channels;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...onlyShape(inputShape).slice(0, -1), this.channels.length];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return selectChannels(onlyTensor(inputs), this.channels);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), channels: [...this.channels] };
  }
}

/** Differentiable. Throws RangeError for a channel that is not there: TensorFlow itself would give zeros on a GPU. */
export function selectChannels(x: tf.Tensor, channels: readonly number[]): tf.Tensor {
  const width = x.shape.at(-1)!;
  const outside = channels.find((channel) => channel >= width);
  if (outside !== undefined) throw new RangeError(`channel ${outside} of ${width} is selected`);
  const first = channels[0]!;
  if (channels.every((channel, place) => channel === first + place)) {
    if (channels.length === width) return tf.clone(x);
    const start = x.shape.map((_, axis) => (axis === x.rank - 1 ? first : 0));
    return tf.slice(x, start, [...x.shape.slice(0, -1), channels.length]);
  }
  const isPermutation = channels.length === width && new Set(channels).size === width;
  return isPermutation ? permuteChannels(x, channels) : gatherChannels(x, channels);
}

const gatherChannels = (x: tf.Tensor, channels: readonly number[]): tf.Tensor =>
  tf.tidy(() => tf.gather(x, tf.tensor1d([...channels], 'int32'), x.rank - 1));

/** The gradient of a permutation is its inverse, and so another gather; the stock gradient of a gather adds up rows one by one. */
function permuteChannels(x: tf.Tensor, channels: readonly number[]): tf.Tensor {
  const inverse: number[] = [];
  channels.forEach((channel, place) => {
    inverse[channel] = place;
  });
  const permute = tf.customGrad((input) => ({
    value: gatherChannels(input as tf.Tensor, channels),
    gradFunc: (dy) => gatherChannels(dy, inverse),
  }));
  return permute(x);
}
