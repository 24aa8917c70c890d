import { axisSetting, booleanSetting } from '../config.ts';
import { unsupportedLayer } from '../faults.ts';
import { channelCount, elementCount, type Shape } from '../shape.ts';
import { type LayerInputs, type LayerKind, weight } from './kind.ts';

function normalisedOverChannels(call: LayerInputs): Shape {
  const [input] = call.inputShapes;
  if (axisSetting(call, 'axis', input!.length) !== input!.length - 1)
    throw unsupportedLayer(call.layer, 'normalises another axis than the last', 'Export the network with channels last (NHWC).');
  return input!;
}

/** BatchNormalization over the last axis: γ and β are learnt, the moving mean and variance are not (Ioffe and Szegedy 2015). */
export const batchNormalisation: LayerKind = {
  inputs: 'one',
  axes: [{ role: 'bn', side: 'out' }],
  outputShape: normalisedOverChannels,
  couple: (_, [input]) => input!,
  weights: (call) => {
    const vector = [channelCount(call.outputShape)];
    return [
      ...(booleanSetting(call, 'scale', true) ? [weight('gamma', vector, ['out'], { normalisation: true })] : []),
      ...(booleanSetting(call, 'center', true) ? [weight('beta', vector, ['out'], { normalisation: true })] : []),
      weight('moving_mean', vector, ['out'], { learnable: false, normalisation: true }),
      weight('moving_variance', vector, ['out'], { learnable: false, normalisation: true, silencedByZero: false }),
    ];
  },
  operations: ({ outputShape }) => ({ normalised: elementCount(outputShape) }),
};

/**
 * L2Normalization: x / ‖x‖₂ over the channels, times a learnt scale for each channel (Liu et al. 2015, "ParseNet"; conv4_3 of SSD).
 * Its norm reads all channels, so a removed one has to be zero where it enters.
 */
export const l2Normalisation: LayerKind = {
  inputs: 'one',
  axes: [{ role: 'scale', side: 'out' }],
  outputShape: normalisedOverChannels,
  couple: (_, [input]) => input!,
  weights: ({ outputShape }) => [weight('scale', [channelCount(outputShape)], ['out'])],
  mixesWithoutKernel: true,
};
