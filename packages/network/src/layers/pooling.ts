import { booleanSetting, pairSetting, refuseChannelsFirst, textSetting } from '../config.ts';
import { elementCount } from '../shape.ts';
import { featureMap, windowCount } from './convolution.ts';
import type { LayerCall, LayerInputs, LayerKind, Operations } from './kind.ts';

const poolSize = (call: LayerInputs): readonly [number, number] => pairSetting(call, 'pool_size', [2, 2]);

function pooledShape(call: LayerInputs): readonly [number, number, number] {
  refuseChannelsFirst(call);
  const [height, width, channels] = featureMap(call);
  const size = poolSize(call);
  const [strideY, strideX] = pairSetting(call, 'strides', size);
  const padding = textSetting(call, 'padding', ['same', 'valid'], 'valid');
  return [
    windowCount(call.layer, height, size[0], strideY, 1, padding),
    windowCount(call.layer, width, size[1], strideX, 1, padding),
    channels,
  ];
}

const pooling = (operations: (call: LayerCall) => Partial<Operations>): LayerKind => ({
  inputs: 'one',
  outputShape: pooledShape,
  couple: (_, [input]) => input!,
  operations,
});

export const maximumPooling = pooling((call) => ({ maximumPooled: elementCount(call.inputShapes[0]!) }));

/** A pool of one place only picks every n-th pixel; frameworks write that as a slice, and no convention counts it. */
export const averagePooling = pooling((call) => {
  const [height, width] = poolSize(call);
  if (height === 1 && width === 1) return {};
  return { averagePooled: elementCount(call.inputShapes[0]!), averagePoolingOfOldThop: height * elementCount(call.outputShape) };
});

const globalPooling = (operations: (call: LayerCall) => Partial<Operations>): LayerKind => ({
  inputs: 'one',
  outputShape: (call) => {
    refuseChannelsFirst(call);
    const [, , channels] = featureMap(call);
    return booleanSetting(call, 'keepdims', false) ? [1, 1, channels] : [channels];
  },
  couple: (_, [input]) => input!,
  operations,
});

export const globalMaximumPooling = globalPooling((call) => ({ maximumPooled: elementCount(call.inputShapes[0]!) }));

export const globalAveragePooling = globalPooling((call) => ({
  averagePooled: elementCount(call.inputShapes[0]!),
  averagePoolingOfOldThop: elementCount(call.inputShapes[0]!),
}));
