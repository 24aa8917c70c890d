import { listSetting } from '../config.ts';
import { badNetwork } from '../faults.ts';
import { channelCount, withChannels } from '../shape.ts';
import type { LayerInputs, LayerKind } from './kind.ts';

/** The input channel of each output channel; throws BAD_NETWORK where one is named that is not there. */
function selected(call: LayerInputs): readonly number[] {
  const inputs = channelCount(call.inputShapes[0]!);
  const channels = listSetting(call, 'channels').map((channel) => channel ?? -1);
  if (channels.length === 0) throw badNetwork(call.layer, 'channels is empty, so that nothing is left', 'Select at least one channel.');
  const outside = channels.find((channel) => channel < 0 || channel >= inputs);
  if (outside !== undefined) throw badNetwork(call.layer, `channels names ${outside}, but its input has the channels 0 to ${inputs - 1}`);
  return channels;
}

/**
 * ChannelSelection: output channel j is input channel `channels[j]`. Slices, splits, chunks and channel shuffles (Zhang et al. 2018,
 * "ShuffleNet") are all this one layer. A channel may be selected more than once, and then stands and falls in all its places together.
 */
export const channelSelection: LayerKind = {
  inputs: 'one',
  outputShape: (call) => withChannels(call.inputShapes[0]!, selected(call).length),
  couple: (call, [input]) => Int32Array.from(selected(call), (channel) => input![channel]!),
  resize: (call, { keptInputs, keptOutputs }) => {
    if (keptInputs === null || keptOutputs === null) return {};
    const placeAfter = new Map(Array.from(keptInputs, (channel, place) => [channel, place]));
    const channels = selected(call);
    return { channels: Array.from(keptOutputs, (place) => placeAfter.get(channels[place]!)!) };
  },
};
