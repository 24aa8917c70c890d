import { describe, expect, it } from 'vitest';
import { expectSameAnswers } from '../../../test/agreement.ts';
import { float, type ModelDescription, node, onnxBytes } from '../../../test/onnx-model.ts';
import { decodeOnnx } from '../decode.ts';
import { encodeOnnx } from '../encode.ts';

type Case = ModelDescription & {
  /** The layers that it becomes, besides the input. */
  readonly layers?: string;
};

const slicing: Record<string, Case> = {
  'channels cut out': {
    nodes: [node('Slice', 'x from to axes', 'y')],
    integers: { from: [1], to: [3], axes: [1] },
    layers: 'ChannelSelection',
  },
  'every second channel from behind': {
    nodes: [node('Slice', 'x from to axes steps', 'y')],
    integers: { from: [-1], to: [-9], axes: [1], steps: [-2] },
    layers: 'ChannelSelection',
  },
  'pixels cut out, every second one': {
    nodes: [node('Slice', 'x from to axes steps', 'y')],
    integers: { from: [1, 2], to: [100, -1], axes: [2, 3], steps: [2, 1] },
  },
  'an old slice, all in attributes': { nodes: [node('Slice', 'x', 'y', { starts: [0, 1], ends: [2, 4], axes: [1, 3] })], opset: 9 },
  'unequal parts of the channels': {
    nodes: [node('Split', 'x parts', 'a b', { axis: 1 }), node('Relu', 'b', 'r'), node('Concat', 'r a', 'y', { axis: 1 })],
    integers: { parts: [1, 3] },
    layers: 'ChannelSelection ChannelSelection Activation Concatenate',
  },
  'equal parts of the width, the last one smaller': {
    nodes: [node('Split', 'x', 'a b', { axis: 3, num_outputs: 2 }), node('GlobalMaxPool', 'b', 'g'), node('Mul', 'a g', 'y')],
    opset: 18,
  },
  'channels by a list': {
    nodes: [node('Gather', 'x which', 'y', { axis: 1 })],
    integers: { which: [3, 0, -2] },
    layers: 'ChannelSelection',
  },
  'one channel, and its axis gone': { nodes: [node('Gather', 'x which', 'y', { axis: 1 })], integers: { which: 2 } },
  'numbers of a flattened picture': {
    nodes: [node('Flatten', 'x', 'f'), node('Slice', 'f from to axes', 'y')],
    integers: { from: [60], to: [70], axes: [1] },
    layers: 'Flatten ChannelSelection',
  },
};

const joining: Record<string, Case> = {
  'pictures below each other': { nodes: [node('Relu', 'x', 'r'), node('Concat', 'x r', 'y', { axis: 2 })] },
  'flattened pictures before a dense layer': {
    nodes: [
      node('Relu', 'x', 'r'),
      node('MaxPool', 'x', 'p', { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Flatten', 'r', 'a'),
      node('Flatten', 'p', 'b'),
      node('Concat', 'a b', 'c', { axis: 1 }),
      node('Gemm', 'c w b0', 'y', { transB: 1 }),
    ],
    weights: { w: [5, 252 + 48], b0: [5] },
    layers: 'Activation MaxPooling2D Flatten Flatten Concatenate Dense',
  },
  'heads of a detector, row by row': {
    nodes: [
      node('Conv', 'x w', 'a'),
      node('Conv', 'x v', 'b', { strides: [2, 2] }),
      node('Transpose', 'a', 'at', { perm: [0, 2, 3, 1] }),
      node('Transpose', 'b', 'bt', { perm: [0, 2, 3, 1] }),
      node('Reshape', 'at rows', 'ar'),
      node('Reshape', 'bt rows', 'br'),
      node('Concat', 'ar br', 'y', { axis: 1 }),
    ],
    weights: { w: [10, 4, 3, 3], v: [15, 4, 3, 3] },
    integers: { rows: [0, -1, 5] },
    layers: 'Conv2D Conv2D Reshape Reshape Concatenate',
  },
  'rows beside each other': {
    nodes: [node('Reshape', 'x rows', 'a'), node('Relu', 'a', 'b'), node('Concat', 'a b', 'y', { axis: -1 })],
    integers: { rows: [1, 21, 12] },
  },
  'a gate of one number a channel': {
    nodes: [node('GlobalAveragePool', 'x', 'g'), node('Conv', 'g w', 'c'), node('Sigmoid', 'c', 's'), node('Mul', 'x s', 'y')],
    weights: { w: [4, 4, 1, 1] },
    layers: 'GlobalAveragePooling2D Conv2D Activation Multiply',
  },
  'a difference of pictures': { nodes: [node('Relu', 'x', 'r'), node('Sub', 'r x', 'y')] },
  'a sum of three': { nodes: [node('Relu', 'x', 'r'), node('Tanh', 'x', 't'), node('Sum', 'r x t', 'y')] },
  'a picture and itself': { nodes: [node('Add', 'x x', 's'), node('Mul', 's s', 'y')], layers: 'Add Multiply' },
  'a mean of two': { nodes: [node('Tanh', 'x', 't'), node('Mean', 'x t', 'y')] },
  'the larger of two': { nodes: [node('Tanh', 'x', 't'), node('Max', 't x', 'y')] },
  'the smaller of two': { nodes: [node('Tanh', 'x', 't'), node('Min', 't x', 'y')] },
  'two outputs, one of them read on': { nodes: [node('Relu', 'x', 'y'), node('GlobalAveragePool', 'y', 'z')], outputs: ['z', 'y'] },
  'two inputs': { nodes: [node('Add', 'x z', 'y')], inputs: { x: [1, 4, 5, 5], z: [1, 4, 5, 5] } },
};

const shuffle = [node('Reshape', 'x split', 's'), node('Transpose', 's', 't', { perm: [0, 2, 1, 3, 4] }), node('Reshape', 't whole', 'u')];

const reshaping: Record<string, Case> = {
  'a shuffle of channels is one selection': {
    nodes: [...shuffle, node('Relu', 'u', 'y')],
    integers: { split: [1, 2, 3, 5, 5], whole: [1, 6, 5, 5] },
    inputs: { x: [1, 6, 5, 5] },
    layers: 'Activation ChannelSelection',
  },
  'a shuffle that is split is two selections': {
    nodes: [...shuffle, node('Split', 'u', 'a b', { axis: 1 }), node('Relu', 'a', 'r'), node('Mul', 'r b', 'y')],
    integers: { split: [1, 2, 3, 5, 5], whole: [1, 6, 5, 5] },
    inputs: { x: [1, 6, 5, 5] },
    opset: 17,
    layers: 'ChannelSelection ChannelSelection Activation Multiply',
  },
  'a flatten before a dense layer permutes its rows': {
    nodes: [node('Flatten', 'x', 'f'), node('MatMul', 'f w', 'm'), node('Add', 'm b', 'y')],
    weights: { w: [252, 5], b: [5] },
    layers: 'Flatten Dense',
  },
  'a flatten after a transpose leaves them': {
    nodes: [
      node('Transpose', 'x', 't', { perm: [0, 2, 3, 1] }),
      node('Reshape', 't flat', 'f'),
      node('Gemm', 'f w', 'y', { alpha: float(2) }),
    ],
    weights: { w: [252, 5] },
    integers: { flat: [-1, 252] },
    layers: 'Flatten Dense',
  },
  'a dense layer over rows': {
    nodes: [node('Reshape', 'x rows', 'r'), node('MatMul', 'r w', 'm'), node('Add', 'b m', 'y')],
    weights: { w: [63, 5], b: [5] },
    integers: { rows: [0, 0, -1] },
  },
  'a dense layer over the channels of each pixel': {
    nodes: [
      node('Transpose', 'x', 't', { perm: [0, 2, 3, 1] }),
      node('MatMul', 't w', 'm'),
      node('Transpose', 'm', 'y', { perm: [0, 3, 1, 2] }),
    ],
    weights: { w: [4, 6] },
    layers: 'Dense',
  },
  'axes without common divisors': {
    nodes: [node('Reshape', 'x odd', 'o'), node('Relu', 'o', 'y')],
    integers: { odd: [1, 7, 4, 9] },
  },
  'height and width exchanged': { nodes: [node('Transpose', 'x', 't', { perm: [0, 1, 3, 2] }), node('Relu', 't', 'y')] },
  'axes of one, added and removed': {
    nodes: [node('GlobalAveragePool', 'x', 'g'), node('Squeeze', 'g axes', 's'), node('Unsqueeze', 's last', 'u'), node('Relu', 'u', 'y')],
    integers: { axes: [-1, 2], last: [1] },
  },
  'axes of one in an old file': {
    nodes: [
      node('GlobalAveragePool', 'x', 'g'),
      node('Squeeze', 'g', 's', { axes: [2, 3] }),
      node('Unsqueeze', 's', 'y', { axes: [2, 3] }),
    ],
    opset: 11,
  },
  'a vector that comes in': {
    nodes: [node('Gemm', 'x w b', 'd', { transB: 1 }), node('Relu', 'd', 'y')],
    inputs: { x: ['batch', 6] },
    weights: { w: [5, 6], b: [5] },
    layers: 'Dense Activation',
  },
  'zeros around a picture and behind its channels': {
    nodes: [node('Pad', 'x pads', 'y')],
    integers: { pads: [0, 0, 1, 2, 0, 3, 0, 1] },
    layers: 'ZeroPadding2D ChannelPadding',
  },
  'zeros on chosen axes': { nodes: [node('Pad', 'x pads _ axes', 'y')], integers: { pads: [1, 2], axes: [3] }, opset: 18 },
  'pixels repeated by scales': {
    nodes: [node('Resize', 'x _ scales', 'y', { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' })],
    weights: { scales: Float32Array.of(1, 1, 2, 3) },
    layers: 'UpSampling2D',
  },
  'pixels repeated by sizes': { nodes: [node('Resize', 'x _ _ sizes', 'y')], integers: { sizes: [1, 4, 27, 21] }, layers: 'UpSampling2D' },
  'one pixel spread over a picture': {
    nodes: [node('GlobalAveragePool', 'x', 'g'), node('Expand', 'g size', 'y')],
    integers: { size: [1, 4, 3, 2] },
    layers: 'GlobalAveragePooling2D UpSampling2D',
  },
  'a dropout in inference': { nodes: [node('Dropout', 'x', 'y')], layers: 'Dropout' },
  'a picture that is handed through': { nodes: [node('Identity', 'x', 'y')], layers: 'Activation' },
  'nodes that lead nowhere': { nodes: [node('Relu', 'x', 'y'), node('LRN', 'x', 'nowhere', { size: 3 })], layers: 'Activation' },
};

const shapes: Record<string, Case> = {
  'a reshape whose sizes are computed': {
    nodes: [
      node('Shape', 'x', 'shape'),
      node('Gather', 'shape zero', 'batch', { axis: 0 }),
      node('Unsqueeze', 'batch axis', 'first'),
      node('Gather', 'shape one', 'channels', { axis: 0 }),
      node('Div', 'channels two', 'half'),
      node('Unsqueeze', 'half axis', 'second'),
      node('Concat', 'first second open', 'target', { axis: 0 }),
      node('Reshape', 'x target', 'r'),
      node('Relu', 'r', 'y'),
    ],
    integers: { zero: 0, one: 1, two: 2, axis: [0], open: [-1] },
    inputs: { x: ['batch', 4, 9, 7] },
  },
  'weights that are put together': {
    nodes: [
      node('Transpose', 'w', 'turned', { perm: [1, 0] }),
      node('Mul', 'turned factor', 'scaled'),
      node('Concat', 'scaled scaled', 'wide', { axis: 1 }),
      node('Flatten', 'x', 'f'),
      node('MatMul', 'f wide', 'y'),
    ],
    weights: { w: [3, 252], factor: 0.5 },
  },
  'a chunk of which each end is computed': {
    nodes: [
      node('Shape', 'x', 'shape', { start: 1, end: 2 }),
      node('Add', 'shape one', 'more'),
      node('Div', 'more two', 'half'),
      node('Mul', 'half two', 'whole'),
      node('Slice', 'x half whole one', 'y'),
    ],
    integers: { one: [1], two: [2] },
  },
};

const clipped = [node('Add', 'x three', 'a'), node('Clip', 'a zero six', 'c')];
const bounds = { three: 3, zero: 0, six: 6 };

const spellings: Record<string, Case> = {
  'gelu by the error function': {
    nodes: [
      node('Div', 'x root', 'd'),
      node('Erf', 'd', 'e'),
      node('Add', 'e one', 'l'),
      node('Mul', 'x l', 'm'),
      node('Mul', 'm half', 'y'),
    ],
    weights: { root: Math.SQRT2, one: 1, half: 0.5 },
    layers: 'Activation',
  },
  'gelu by tanh': {
    nodes: [
      node('Pow', 'x three', 'p'),
      node('Mul', 'coefficient p', 'q'),
      node('Add', 'x q', 'r'),
      node('Mul', 'r factor', 's'),
      node('Tanh', 's', 't'),
      node('Add', 'one t', 'l'),
      node('Mul', 'half x', 'h'),
      node('Mul', 'h l', 'y'),
    ],
    weights: { three: 3, coefficient: 0.044715, factor: Math.sqrt(2 / Math.PI), one: 1, half: 0.5 },
    layers: 'Activation',
  },
  mish: { nodes: [node('Softplus', 'x', 's'), node('Tanh', 's', 't'), node('Mul', 'x t', 'y')], layers: 'Activation' },
  'hard swish': { nodes: [...clipped, node('Div', 'c six', 'g'), node('Mul', 'x g', 'y')], weights: bounds, layers: 'Activation' },
  'hard swish, divided at the end': {
    nodes: [...clipped, node('Mul', 'x c', 'g'), node('Div', 'g six', 'y')],
    weights: bounds,
    layers: 'Activation',
  },
  'hard sigmoid': { nodes: [...clipped, node('Div', 'c six', 'y')], weights: bounds, layers: 'Activation' },
  'channels divided by their length': {
    nodes: [
      node('ReduceL2', 'x', 'n', { axes: [1] }),
      node('Clip', 'n tiny', 'c'),
      node('Shape', 'x', 's'),
      node('Expand', 'c s', 'e'),
      node('Div', 'x e', 'y'),
    ],
    weights: { tiny: 1e-12 },
    layers: 'L2Normalization',
  },
  'a hard sigmoid that is steeper, which is none': {
    nodes: [...clipped, node('Div', 'c three', 'y')],
    weights: bounds,
    layers: 'DepthwiseConv2D Activation DepthwiseConv2D',
  },
};

const groups: Record<string, Record<string, Case>> = { slicing, joining, reshaping, spellings, 'shape arithmetic': shapes };

describe.each(Object.entries(groups))('%s in ONNX', (_, cases) => {
  it.each(Object.entries(cases))('%s', async (_name, { layers, ...description }) => {
    const bytes = onnxBytes(description);
    const network = decodeOnnx(bytes);
    await expectSameAnswers(bytes, network, encodeOnnx(network));
    const types = network.topology.config.layers.map((layer) => layer.class_name).filter((type) => type !== 'InputLayer');
    if (layers !== undefined) expect(types.join(' ')).toBe(layers);
  });
});

describe('a file whose pictures have their channels last', () => {
  it('keeps its axes, and its network says so', async () => {
    const bytes = onnxBytes({
      inputs: { x: [1, 9, 7, 4] },
      nodes: [
        node('Transpose', 'x', 't', { perm: [0, 3, 1, 2] }),
        node('Conv', 't w', 'c'),
        node('Transpose', 'c', 'y', { perm: [0, 2, 3, 1] }),
      ],
      weights: { w: [6, 4, 3, 3] },
    });
    const { layers } = decodeOnnx(bytes).topology.config;
    expect(layers.map((layer) => layer.class_name)).toEqual(['InputLayer', 'Conv2D']);
    expect(layers[0]!.config['batch_input_shape']).toEqual([null, 9, 7, 4]);
  });
});

describe('a file for more than one picture at a time', () => {
  it('is the same network as for one', () => {
    const forBatch = (batch: number) =>
      decodeOnnx(
        onnxBytes({
          nodes: [...shuffle, node('Flatten', 'u', 'f'), node('Gemm', 'f w', 'y')],
          integers: { split: [batch, 2, 3, 5, 5], whole: [batch, 6, 5, 5] },
          inputs: { x: [batch, 6, 5, 5] },
          weights: { w: [150, 4] },
        }),
      );
    expect(forBatch(3)).toEqual(forBatch(1));
  });
});
