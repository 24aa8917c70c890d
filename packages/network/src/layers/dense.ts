import { booleanSetting, integerSetting } from '../config.ts';
import { channelCount, elementCount, withChannels } from '../shape.ts';
import { activationKeepsZero, activationOperations, lockSoftmax } from './activation.ts';
import { biasOf } from './convolution.ts';
import { type LayerKind, weight } from './kind.ts';

/** Dense: kernel [in, units], applied to the last axis of whatever it reads. */
export const dense: LayerKind = {
  inputs: 'one',
  axes: [
    { role: 'in', side: 'in' },
    { role: 'out', side: 'out' },
  ],
  outputShape: (call) => withChannels(call.inputShapes[0]!, integerSetting(call, 'units')),
  couple: (call, _, book) => lockSoftmax(call, book.fresh(channelCount(call.outputShape)), book),
  weights: (call) => [
    weight('kernel', [channelCount(call.inputShapes[0]!), channelCount(call.outputShape)], ['in', 'out']),
    ...biasOf(call),
  ],
  operations: (call) => ({
    macs: channelCount(call.inputShapes[0]!) * elementCount(call.outputShape),
    denseBiases: booleanSetting(call, 'use_bias', true) ? elementCount(call.outputShape) : 0,
    ...activationOperations(call),
  }),
  resize: (_, { outputShape }) => ({ units: channelCount(outputShape) }),
  keepsZero: activationKeepsZero,
};
