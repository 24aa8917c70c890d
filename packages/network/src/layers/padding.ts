import { integerSetting, marginsSetting, pairSetting, refuseChannelsFirst } from '../config.ts';
import { badNetwork } from '../faults.ts';
import { channelCount, withChannels } from '../shape.ts';
import { featureMap } from './convolution.ts';
import type { LayerInputs, LayerKind } from './kind.ts';

export const zeroPadding: LayerKind = {
  inputs: 'one',
  outputShape: (call) => {
    refuseChannelsFirst(call);
    const [height, width, channels] = featureMap(call);
    const [[top, bottom], [left, right]] = marginsSetting(call, 'padding');
    return [height + top + bottom, width + left + right, channels];
  },
  couple: (_, [input]) => input!,
};

export const cropping: LayerKind = {
  inputs: 'one',
  outputShape: (call) => {
    refuseChannelsFirst(call);
    const [height, width, channels] = featureMap(call);
    const [[top, bottom], [left, right]] = marginsSetting(call, 'cropping');
    if (height <= top + bottom || width <= left + right) throw badNetwork(call.layer, `crops all of ${height} × ${width} away`);
    return [height - top - bottom, width - left - right, channels];
  },
  couple: (_, [input]) => input!,
};

export const upSampling: LayerKind = {
  inputs: 'one',
  outputShape: (call) => {
    refuseChannelsFirst(call);
    const [height, width, channels] = featureMap(call);
    const [vertical, horizontal] = pairSetting(call, 'size', [2, 2]);
    return [height * vertical, width * horizontal, channels];
  },
  couple: (_, [input]) => input!,
};

const margins = (call: LayerInputs) => ({
  before: integerSetting(call, 'before', { minimum: 0 }),
  after: integerSetting(call, 'after', { minimum: 0 }),
});

/**
 * ChannelPadding: zeros before and after the channels, the parameter-free shortcut of He et al. 2016 (option A).
 * Input channel j is output channel j + before; the zeros are channels of their own, which the sum behind them ties to what is added there.
 */
export const channelPadding: LayerKind = {
  inputs: 'one',
  axes: [{ role: 'pad', side: 'out' }],
  outputShape: (call) => {
    const { before, after } = margins(call);
    const [input] = call.inputShapes;
    return withChannels(input!, channelCount(input!) + before + after);
  },
  couple: (call, [input], book) => {
    const { before, after } = margins(call);
    const labels = new Int32Array(before + input!.length + after);
    labels.set(book.fresh(before), 0);
    labels.set(input!, before);
    labels.set(book.fresh(after), before + input!.length);
    return labels;
  },
  resize: (call, { keptOutputs }) => {
    if (keptOutputs === null) return {};
    const { before } = margins(call);
    const behind = before + channelCount(call.inputShapes[0]!);
    return { before: keptOutputs.filter((place) => place < before).length, after: keptOutputs.filter((place) => place >= behind).length };
  },
};
