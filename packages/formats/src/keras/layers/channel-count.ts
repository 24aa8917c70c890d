import type { LayerConfig } from '@espalier/core';

/**
 * How many channels a layer of a topology gives out, from how many its inputs have; undefined where that takes the whole shape (behind a flatten).
 * Only what pads, crops or scales channels has to know it while a file is read; the graph infers every shape afterwards.
 */
export function channelsAfter({ class_name: type, config }: LayerConfig, inputs: readonly (number | undefined)[]): number | undefined {
  const [first] = inputs;
  const setting = (key: string): number | undefined => (typeof config[key] === 'number' ? config[key] : undefined);
  switch (type) {
    case 'InputLayer': {
      const shape: unknown = config['batch_input_shape'];
      const last: unknown = Array.isArray(shape) ? shape[shape.length - 1] : undefined;
      return typeof last === 'number' ? last : undefined;
    }
    case 'Conv2D':
    case 'SeparableConv2D':
    case 'Conv2DTranspose':
      return setting('filters');
    case 'Dense':
      return setting('units');
    case 'DepthwiseConv2D':
      return first === undefined ? undefined : first * (setting('depth_multiplier') ?? 1);
    case 'ChannelPadding':
      return first === undefined ? undefined : first + (setting('before') ?? 0) + (setting('after') ?? 0);
    case 'ChannelSelection':
      return Array.isArray(config['channels']) ? config['channels'].length : undefined;
    case 'Concatenate': {
      const sum = inputs.reduce<number>((total, input) => total + (input ?? Number.NaN), 0);
      return Number.isNaN(sum) ? undefined : sum;
    }
    case 'Flatten':
    case 'Reshape':
    case 'Permute':
      return undefined;
    case 'Add':
    case 'Subtract':
    case 'Multiply':
    case 'Average':
    case 'Maximum':
    case 'Minimum':
      return inputs.includes(undefined) ? undefined : Math.max(...inputs.map((input) => input ?? 0));
    default:
      return first;
  }
}
