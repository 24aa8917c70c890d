import { booleanSetting, integerSetting, pairSetting, refuseChannelsFirst, textSetting } from '../config.ts';
import { badNetwork, unsupportedLayer } from '../faults.ts';
import { channelCount, elementCount, positionCount, type Shape } from '../shape.ts';
import { activationKeepsZero, activationOperations, lockSoftmax } from './activation.ts';
import { type Labels, type LayerCall, type LayerInputs, type LayerKind, weight, type WeightSpec } from './kind.ts';

/** [height, width, channels] of the one input; throws where it is something else. */
export function featureMap({ layer, inputShapes }: LayerInputs): readonly [number, number, number] {
  const shape = inputShapes[0]!;
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined)
    throw badNetwork(layer, `needs a feature map [height, width, channels], but reads a tensor of shape [${shape.join(', ')}]`);
  return [height, width, channels];
}

/** The places a window of `size` (spread by `dilation`) takes along an axis: ⌈n/s⌉ for `same`, ⌊(n − d(k − 1) − 1)/s⌋ + 1 for `valid`. */
export function windowCount(
  layer: string,
  length: number,
  size: number,
  stride: number,
  dilation: number,
  padding: 'same' | 'valid',
): number {
  if (padding === 'same') return Math.ceil(length / stride);
  const count = Math.floor((length - dilation * (size - 1) - 1) / stride) + 1;
  if (count < 1)
    throw badNetwork(
      layer,
      `a window of ${dilation * (size - 1) + 1} does not fit into ${length}`,
      'Use a larger input or padding "same".',
    );
  return count;
}

/** [height, width] after the call's own windows. */
export function windowedSize(call: LayerInputs, [height, width]: readonly [number, number, ...number[]], size: readonly [number, number]) {
  refuseChannelsFirst(call);
  const [strideY, strideX] = pairSetting(call, 'strides', [1, 1]);
  const [dilationY, dilationX] = pairSetting(call, 'dilation_rate', [1, 1]);
  const padding = textSetting(call, 'padding', ['same', 'valid'], 'valid');
  if (Math.max(strideY, strideX) > 1 && Math.max(dilationY, dilationX) > 1)
    throw unsupportedLayer(
      call.layer,
      'has strides and a dilation_rate above 1 at once',
      'Give it strides of 1, and pick every n-th place behind it by an AveragePooling2D with a window of 1.',
    );
  return [
    windowCount(call.layer, height, size[0], strideY, dilationY, padding),
    windowCount(call.layer, width, size[1], strideX, dilationX, padding),
  ] as const;
}

export const kernelSize = (call: LayerInputs): readonly [number, number] => pairSetting(call, 'kernel_size');

export function biasOf(call: LayerCall): WeightSpec[] {
  return booleanSetting(call, 'use_bias', true) ? [weight('bias', [channelCount(call.outputShape)], ['out'])] : [];
}

/** Operations of any convolution: `macsPerOutput` for each output element, a bias addition for each, and what the activation adds. */
export const convolutionOperations = (call: LayerCall, macs: number) => ({
  macs,
  convolutionBiases: booleanSetting(call, 'use_bias', true) ? elementCount(call.outputShape) : 0,
  ...activationOperations(call),
});

const groupsOf = (call: LayerInputs): number => integerSetting(call, 'groups', { fallback: 1 });
const inputsOfOneGroup = (call: LayerInputs): number => channelCount(call.inputShapes[0]!) / groupsOf(call);
/** A group that reads one channel lives and dies with it, as in a depthwise convolution. */
const isDepthwise = (call: LayerInputs): boolean => groupsOf(call) > 1 && inputsOfOneGroup(call) === 1;

/**
 * Conv2D: kernel [kH, kW, Cin/g, Cout]. With 1 < g < Cin groups (Krizhevsky et al. 2012), equally many channels must stay in every group, so
 * the j-th channel of each group goes together with the j-th of all others, on either side.
 */
export const convolution: LayerKind = {
  inputs: 'one',
  axes: [
    { role: 'in', side: 'in' },
    { role: 'out', side: 'out' },
  ],
  outputShape: (call) => {
    const input = featureMap(call);
    const filters = integerSetting(call, 'filters');
    const groups = groupsOf(call);
    if (input[2] % groups !== 0 || filters % groups !== 0)
      throw badNetwork(call.layer, `${input[2]} input and ${filters} output channels do not divide into ${groups} groups`);
    return [...windowedSize(call, input, kernelSize(call)), filters] satisfies Shape;
  },
  couple: (call, [input], book) => {
    const groups = groupsOf(call);
    const outputs = channelCount(call.outputShape);
    if (groups === 1) return lockSoftmax(call, book.fresh(outputs), book);
    if (isDepthwise(call)) return lockSoftmax(call, repeatEach(input!, outputs / groups), book);
    const perGroup = input!.length / groups;
    for (let channel = perGroup; channel < input!.length; channel++) book.tie(input![channel % perGroup]!, input![channel]!);
    const firstGroup = book.fresh(outputs / groups);
    return lockSoftmax(
      call,
      Int32Array.from({ length: outputs }, (_, channel) => firstGroup[channel % firstGroup.length]!),
      book,
    );
  },
  weights: (call) => {
    const [height, width] = kernelSize(call);
    const groups = groupsOf(call);
    const inputAxis = groups === 1 ? 'in' : isDepthwise(call) ? null : 'in-of-one-group';
    const shape = [height, width, inputsOfOneGroup(call), channelCount(call.outputShape)];
    return [weight('kernel', shape, [null, null, inputAxis, 'out']), ...biasOf(call)];
  },
  operations: (call) => {
    const [height, width] = kernelSize(call);
    return convolutionOperations(call, height * width * inputsOfOneGroup(call) * elementCount(call.outputShape));
  },
  resize: (call, { inputShapes, outputShape }) => ({
    filters: channelCount(outputShape),
    ...(isDepthwise(call) && { groups: channelCount(inputShapes[0]!) }),
  }),
  keepsZero: activationKeepsZero,
};

/** Each label `times` times over: output channel c·times + j belongs to input channel c. */
export const repeatEach = (labels: Labels, times: number): Labels =>
  times === 1 ? labels : Int32Array.from({ length: labels.length * times }, (_, index) => labels[Math.floor(index / times)]!);

const multiplierOf = (call: LayerInputs): number => integerSetting(call, 'depth_multiplier', { fallback: 1 });

/** DepthwiseConv2D: kernel [kH, kW, C, m]; output channel c·m + j is made of input channel c alone. */
export const depthwiseConvolution: LayerKind = {
  inputs: 'one',
  axes: [{ role: 'depthwise', side: 'out' }],
  outputShape: (call) => {
    const input = featureMap(call);
    return [...windowedSize(call, input, kernelSize(call)), input[2] * multiplierOf(call)];
  },
  couple: (call, [input], book) => lockSoftmax(call, repeatEach(input!, multiplierOf(call)), book),
  weights: (call) => {
    const [height, width] = kernelSize(call);
    const shape = [height, width, channelCount(call.inputShapes[0]!), multiplierOf(call)];
    return [weight('depthwise_kernel', shape, [null, null, 'in', null]), ...biasOf(call)];
  },
  operations: (call) => {
    const [height, width] = kernelSize(call);
    return convolutionOperations(call, height * width * elementCount(call.outputShape));
  },
  keepsZero: activationKeepsZero,
};

/** SeparableConv2D: a depthwise kernel [kH, kW, Cin, m], then a pointwise one [1, 1, Cin·m, Cout], with one bias at the end. */
export const separableConvolution: LayerKind = {
  inputs: 'one',
  axes: convolution.axes!,
  outputShape: (call) => [...windowedSize(call, featureMap(call), kernelSize(call)), integerSetting(call, 'filters')],
  couple: (call, _, book) => lockSoftmax(call, book.fresh(channelCount(call.outputShape)), book),
  weights: (call) => {
    const [height, width] = kernelSize(call);
    const inputs = channelCount(call.inputShapes[0]!);
    const times = multiplierOf(call);
    return [
      weight('depthwise_kernel', [height, width, inputs, times], [null, null, 'in', null]),
      weight('pointwise_kernel', [1, 1, inputs * times, channelCount(call.outputShape)], [null, null, { side: 'in', times }, 'out']),
      ...biasOf(call),
    ];
  },
  operations: (call) => {
    const [height, width] = kernelSize(call);
    const between = channelCount(call.inputShapes[0]!) * multiplierOf(call);
    const positions = positionCount(call.outputShape);
    return convolutionOperations(call, positions * between * (height * width + channelCount(call.outputShape)));
  },
  resize: (_, { outputShape }) => ({ filters: channelCount(outputShape) }),
  keepsZero: activationKeepsZero,
};

/** Conv2DTranspose: kernel [kH, kW, Cout, Cin]; every input place is multiplied by the whole kernel. */
export const transposedConvolution: LayerKind = {
  inputs: 'one',
  axes: convolution.axes!,
  outputShape: (call) => {
    refuseChannelsFirst(call);
    const [height, width] = featureMap(call);
    const size = kernelSize(call);
    const strides = pairSetting(call, 'strides', [1, 1]);
    const padding = textSetting(call, 'padding', ['same', 'valid'], 'valid');
    if (call.config['output_padding'] !== undefined && call.config['output_padding'] !== null)
      throw unsupportedLayer(call.layer, 'sets output_padding', 'Choose padding and strides that need none.');
    if (pairSetting(call, 'dilation_rate', [1, 1]).some((rate) => rate > 1))
      throw unsupportedLayer(call.layer, 'is a dilated transposed convolution', 'Use a dilation_rate of 1.');
    const grown = (length: number, axis: 0 | 1) =>
      length * strides[axis] + (padding === 'valid' ? Math.max(size[axis] - strides[axis], 0) : 0);
    return [grown(height, 0), grown(width, 1), integerSetting(call, 'filters')];
  },
  couple: (call, _, book) => lockSoftmax(call, book.fresh(channelCount(call.outputShape)), book),
  weights: (call) => {
    const [height, width] = kernelSize(call);
    const shape = [height, width, channelCount(call.outputShape), channelCount(call.inputShapes[0]!)];
    return [weight('kernel', shape, [null, null, 'out', 'in']), ...biasOf(call)];
  },
  operations: (call) => {
    const [height, width] = kernelSize(call);
    return convolutionOperations(call, height * width * channelCount(call.outputShape) * elementCount(call.inputShapes[0]!));
  },
  resize: (_, { outputShape }) => ({ filters: channelCount(outputShape) }),
  keepsZero: activationKeepsZero,
};
