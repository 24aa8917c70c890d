import { EspalierError } from '@espalier/core';
import { tf } from '../tf.ts';

export interface ChannelPaddingConfig {
  readonly name?: string;
  /** Zero channels put before the input's. */
  readonly before: number;
  /** Zero channels put after the input's. */
  readonly after: number;
}

/**
 * Pads the channels of an NHWC tensor with zeros: [N, H, W, C] → [N, H, W, before + C + after].
 * With a stride-2 subsampling before it, this is the parameter-free shortcut of He et al. 2016 ("Deep Residual Learning", §4.2, option A).
 */
export class ChannelPadding extends tf.layers.Layer {
  static readonly className = 'ChannelPadding';
  readonly before: number;
  readonly after: number;

  constructor({ before, after, ...config }: ChannelPaddingConfig) {
    super(config);
    for (const [field, count] of Object.entries({ before, after })) {
      if (!Number.isInteger(count) || count < 0)
        throw new EspalierError(
          'BAD_NETWORK',
          `layer ${config.name ?? 'ChannelPadding'} has ${field} = ${count}, but a count of channels is a non-negative integer`,
          {
            path: ['layers', config.name ?? 'ChannelPadding', field],
          },
        );
    }
    this.before = before;
    this.after = after;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    const channels = shape.at(-1);
    return [...shape.slice(0, -1), typeof channels === 'number' ? this.before + channels + this.after : null];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    const untouched = Array.from({ length: x.rank - 1 }, (): [number, number] => [0, 0]);
    return tf.pad(x, [...untouched, [this.before, this.after]]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), before: this.before, after: this.after };
  }
}
