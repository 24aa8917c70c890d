import { isRecord } from '../config/inbound.ts';

/**
 * Keras has no layer that pads or crops channels. Its ZeroPadding2D and Cropping2D do: told that the channels come first, they take [N, H, W, C] for
 * [N, channels, rows, columns] and work on the last two axes, of which we leave the first alone and the second is C. They only move numbers,
 * so this is exact on every backend.
 */
export const alongChannels = (before: number, after: number) => ({
  margins: [
    [0, 0],
    [before, after],
  ],
  data_format: 'channels_first',
});

/** The margins along the channels, if that is what the layer says; null where it works on the picture, or on both. */
export function channelMargins(settings: Readonly<Record<string, unknown>>, key: 'padding' | 'cropping'): [number, number] | null {
  if (!isRecord(settings) || settings['data_format'] !== 'channels_first') return null;
  const margins = settings[key];
  if (!Array.isArray(margins) || margins.length !== 2) return null;
  const [rows, channels]: unknown[] = margins;
  if (JSON.stringify(rows) !== '[0,0]' || !Array.isArray(channels) || channels.length !== 2) return null;
  const [before, after]: unknown[] = channels;
  return typeof before === 'number' && typeof after === 'number' ? [before, after] : null;
}

/** `channels` as the run [first, last], or null where it is none. */
export function runOf(channels: readonly number[]): [number, number] | null {
  const [first] = channels;
  return first !== undefined && channels.every((channel, place) => channel === first + place) ? [first, first + channels.length - 1] : null;
}

/** A 1 × 1 kernel [1, 1, inputs, channels] that passes on input channel `channels[j]` as output channel j: each sum has one term times 1. */
export function selectionKernel(inputs: number, channels: readonly number[]): Float32Array {
  const kernel = new Float32Array(inputs * channels.length);
  channels.forEach((channel, place) => (kernel[channel * channels.length + place] = 1));
  return kernel;
}

/** The channels that a kernel [1, 1, inputs, outputs] passes on, or null where it does anything else. */
export function selectedChannels(kernel: Float32Array, inputs: number, outputs: number): number[] | null {
  const channels = Array.from({ length: outputs }, () => -1);
  for (let input = 0; input < inputs; input++)
    for (let output = 0; output < outputs; output++) {
      const value = kernel[input * outputs + output];
      if (value === 0) continue;
      if (value !== 1 || channels[output] !== -1) return null;
      channels[output] = input;
    }
  return channels.every((channel) => channel >= 0) ? channels : null;
}
