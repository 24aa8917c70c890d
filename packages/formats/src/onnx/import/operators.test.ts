import { describe, expect, it } from 'vitest';
import { expectSameAnswers } from '../../../test/agreement.ts';
import { float, type ModelDescription, node, onnxBytes } from '../../../test/onnx-model.ts';
import { decodeOnnx } from '../decode.ts';
import { encodeOnnx } from '../encode.ts';

type Case = ModelDescription & {
  /** The layers that it becomes, besides the input. */
  readonly layers?: string;
};

const w = { w: [6, 4, 3, 3], b: [6] };

const convolutions: Record<string, Case> = {
  'a convolution with more padding behind than before': { nodes: [node('Conv', 'x w b', 'y', { pads: [0, 1, 2, 1] })], weights: w },
  'a convolution padded as TensorFlow pads': {
    nodes: [node('Conv', 'x w b', 'y', { auto_pad: 'SAME_UPPER', strides: [2, 2] })],
    weights: w,
    layers: 'Conv2D',
  },
  'a convolution padded the other way round': {
    nodes: [node('Conv', 'x w b', 'y', { auto_pad: 'SAME_LOWER', strides: [2, 2] })],
    weights: w,
  },
  'a dilated convolution': { nodes: [node('Conv', 'x w', 'y', { dilations: [2, 2], pads: [2, 2, 2, 2] })], weights: w, layers: 'Conv2D' },
  'a convolution that strides and dilates': {
    nodes: [node('Conv', 'x w', 'y', { dilations: [2, 1], strides: [1, 2], pads: [2, 1, 2, 1] })],
    weights: w,
  },
  'a convolution in groups': { nodes: [node('Conv', 'x w b', 'y', { group: 2 })], weights: { w: [6, 2, 3, 3], b: [6] }, layers: 'Conv2D' },
  'a depthwise convolution with two filters a channel': {
    nodes: [node('Conv', 'x w b', 'y', { group: 4 })],
    weights: { w: [8, 1, 3, 3], b: [8] },
    layers: 'DepthwiseConv2D',
  },
  'a depthwise convolution with unequal strides': {
    nodes: [node('Conv', 'x w', 'y', { group: 4, strides: [2, 1] })],
    weights: { w: [4, 1, 3, 3] },
  },
  'a transposed convolution': {
    nodes: [node('ConvTranspose', 'x w b', 'y', { strides: [2, 2] })],
    weights: { w: [4, 6, 2, 2], b: [6] },
    layers: 'Conv2DTranspose',
  },
  'a transposed convolution, cropped and extended': {
    nodes: [node('ConvTranspose', 'x w b', 'y', { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] })],
    weights: { w: [4, 6, 3, 3], b: [6] },
  },
  'a transposed convolution whose stride is larger than its kernel': {
    nodes: [node('ConvTranspose', 'x w', 'y', { strides: [3, 3] })],
    weights: { w: [4, 6, 2, 2] },
  },
  'a transposed convolution of a given output': {
    nodes: [node('ConvTranspose', 'x w', 'y', { strides: [2, 2], output_shape: [18, 14], auto_pad: 'SAME_UPPER' })],
    weights: { w: [4, 6, 3, 3] },
  },
};

const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
const poolings: Record<string, Case> = {
  'a maximum of numbers of any sign with a border': { nodes: [node('MaxPool', 'x', 'y', pool)] },
  'a maximum behind a rectifier with a border': {
    nodes: [node('Relu', 'x', 'r'), node('MaxPool', 'r', 'y', pool)],
    layers: 'Activation ZeroPadding2D MaxPooling2D',
    inputs: { x: [1, 4, 8, 8] },
  },
  'a maximum that reaches over the edge': { nodes: [node('MaxPool', 'x', 'y', { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 })] },
  'a mean without its border': { nodes: [node('AveragePool', 'x', 'y', pool)] },
  'a mean with its border': { nodes: [node('AveragePool', 'x', 'y', { ...pool, count_include_pad: 1 })], inputs: { x: [1, 4, 8, 8] } },
  'a mean that reaches over the edge': {
    nodes: [node('AveragePool', 'x', 'y', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })],
    inputs: { x: [1, 4, 8, 8] },
    opset: 19,
  },
  'a mean padded as TensorFlow pads': {
    nodes: [node('AveragePool', 'x', 'y', { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' })],
    layers: 'AveragePooling2D',
  },
  'the mean of all pixels': { nodes: [node('GlobalAveragePool', 'x', 'y')], layers: 'GlobalAveragePooling2D' },
  'the mean of all pixels, as a vector': {
    nodes: [node('ReduceMean', 'x', 'm', { axes: [2, 3], keepdims: 0 }), node('Relu', 'm', 'y')],
    layers: 'GlobalAveragePooling2D Activation',
  },
  'the mean of all pixels, axes as an operand': { nodes: [node('ReduceMean', 'x axes', 'y')], integers: { axes: [-1, -2] }, opset: 18 },
  'the maximum of all pixels': { nodes: [node('GlobalMaxPool', 'x', 'm'), node('Flatten', 'm', 'y')], layers: 'GlobalMaxPooling2D' },
};

const channel = [4, 1, 1];
const scalings: Record<string, Case> = {
  'a scale and a shift behind a convolution, folded into it': {
    nodes: [node('Conv', 'x w', 'c'), node('Mul', 'c s', 'm'), node('Add', 'm t', 'y')],
    weights: { ...w, s: [6, 1, 1], t: [1, 6, 1, 1] },
    layers: 'Conv2D',
  },
  'a scale behind a convolution that something else reads, kept apart': {
    nodes: [node('Conv', 'x w b', 'c'), node('Mul', 's c', 'm'), node('Relu', 'c', 'r'), node('Add', 'm r', 'y')],
    weights: { ...w, s: [6, 1, 1] },
    layers: 'Conv2D DepthwiseConv2D Activation Add',
  },
  'a scale folded into a depthwise convolution': {
    nodes: [node('Conv', 'x w b', 'c', { group: 4 }), node('Mul', 'c s', 'y')],
    weights: { w: [8, 1, 3, 3], b: [8], s: [8, 1, 1] },
    layers: 'DepthwiseConv2D',
  },
  'a scale folded into a transposed convolution': {
    nodes: [node('ConvTranspose', 'x w', 'c'), node('Mul', 'c s', 'm'), node('Sub', 'm t', 'y')],
    weights: { w: [4, 6, 2, 2], s: [6, 1, 1], t: [6, 1, 1] },
    layers: 'Conv2DTranspose',
  },
  'a scale folded into a batch normalisation': {
    nodes: [node('BatchNormalization', 'x g b m v', 'n'), node('Mul', 'n s', 'y')],
    weights: { g: [4], b: [4], m: [4], v: Float32Array.of(0.5, 1, 2, 3), s: channel },
    layers: 'BatchNormalization',
  },
  'a constant minus a picture': { nodes: [node('Sub', 'c x', 'y')], weights: { c: channel }, layers: 'DepthwiseConv2D' },
  'a picture divided by constants': { nodes: [node('Div', 'x c', 'y')], weights: { c: Float32Array.of(3) } },
  'a negated picture': { nodes: [node('Neg', 'x', 'y')] },
  'a vector scaled': { nodes: [node('Flatten', 'x', 'f'), node('Mul', 'f s', 'y')], weights: { s: [252] } },
  'rows scaled': {
    nodes: [node('Reshape', 'x to', 'f'), node('Mul', 'f s', 'm'), node('Relu', 'm', 'y')],
    integers: { to: [1, 4, 63] },
    weights: { s: [4, 1] },
  },
  'a batch normalisation of a vector': {
    nodes: [
      node('GlobalAveragePool', 'x', 'p'),
      node('Flatten', 'p', 'f'),
      node('BatchNormalization', 'f g b m v', 'y', { epsilon: 0.01 }),
    ],
    weights: { g: [4], b: [4], m: [4], v: Float32Array.of(0.5, 1, 2, 3) },
    layers: 'GlobalAveragePooling2D BatchNormalization',
  },
  'a batch normalisation of a flattened picture': {
    nodes: [node('Flatten', 'x', 'f'), node('BatchNormalization', 'f g b m v', 'y')],
    weights: { g: [8], b: [8], m: [8], v: Float32Array.from({ length: 8 }, (_, index) => 1 + index) },
    inputs: { x: [1, 2, 2, 2] },
  },
};

const unary = (operator: string, settings: Parameters<typeof node>[3] = {}, opset = 20): Case => ({
  nodes: [node(operator, 'x', 'y', settings)],
  opset,
});
const activations: Record<string, Case> = {
  ...Object.fromEntries(
    ['Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Softsign', 'HardSwish', 'HardSigmoid', 'Selu', 'LeakyRelu', 'Elu', 'Mish', 'Gelu'].map(
      (operator) => [operator, unary(operator)],
    ),
  ),
  'Gelu, approximated': unary('Gelu', { approximate: 'tanh' }),
  'Elu with another α': { ...unary('Elu', { alpha: 0.5 }), layers: 'ELU' },
  'LeakyRelu with a slope': unary('LeakyRelu', { alpha: 0.3 }),
  ThresholdedRelu: unary('ThresholdedRelu', { alpha: 0.5 }),
  'HardSigmoid of PyTorch': unary('HardSigmoid', { alpha: Math.fround(1 / 6) }),
  'HardSigmoid of another slope': unary('HardSigmoid', { alpha: 0.3, beta: 0.4 }),
  'x · sigmoid(x), one activation': { nodes: [node('Sigmoid', 'x', 's'), node('Mul', 's x', 'y')], layers: 'Activation' },
  'x · hard_sigmoid(x), one activation': {
    nodes: [node('HardSigmoid', 'x', 's', { alpha: Math.fround(1 / 6) }), node('Mul', 'x s', 'y')],
    layers: 'Activation',
  },
  'a gate of something else, no such activation': {
    nodes: [node('Relu', 'x', 'r'), node('Sigmoid', 'x', 's'), node('Mul', 'r s', 'y')],
    layers: 'Activation Activation Multiply',
  },
  'a slope a channel': { nodes: [node('PRelu', 'x a', 'y')], weights: { a: channel }, layers: 'PReLU' },
  'a slope a place': { nodes: [node('PRelu', 'x a', 'y')], inputs: { x: [1, 4, 5, 3] }, weights: { a: [4, 5, 3] }, layers: 'PReLU' },
  'a slope a row of each channel': {
    nodes: [node('PRelu', 'x a', 'y')],
    inputs: { x: [1, 4, 5, 3] },
    weights: { a: [1, 4, 5, 1] },
    layers: 'PReLU',
  },
  'one slope for all': { nodes: [node('PRelu', 'x a', 'y')], weights: { a: Float32Array.of(0.3) }, layers: 'PReLU' },
  'a softmax over channels': unary('Softmax', { axis: 1 }),
  'a softmax over a width': unary('Softmax', { axis: 3 }),
  'a logarithm of a softmax': { nodes: [node('Flatten', 'x', 'f'), node('LogSoftmax', 'f', 'y')] },
  'clipped to 0 … 6': { nodes: [node('Clip', 'x lo hi', 'y')], weights: { lo: 0, hi: 6 }, layers: 'Activation' },
  'clipped to −0.5 … 0.7': { nodes: [node('Clip', 'x lo hi', 'y')], weights: { lo: -0.5, hi: 0.7 } },
  'clipped from below': { nodes: [node('Clip', 'x lo', 'y')], weights: { lo: -0.5 } },
  'clipped from above': { nodes: [node('Clip', 'x _ hi', 'y')], weights: { hi: 0.7 } },
  'clipped in an old file': unary('Clip', { min: float(0), max: float(3) }, 10),
  'the larger of it and 0': { nodes: [node('Max', 'x zero', 'y')], weights: { zero: Float32Array.of(0) }, layers: 'Activation' },
};

const groups: Record<string, Record<string, Case>> = { convolutions, poolings, scalings, activations };

describe.each(Object.entries(groups))('%s of ONNX', (_, cases) => {
  it.each(Object.entries(cases))('%s', async (_name, { layers, ...description }) => {
    const bytes = onnxBytes(description);
    const network = decodeOnnx(bytes);
    await expectSameAnswers(bytes, network, encodeOnnx(network));
    const types = network.topology.config.layers.map((layer) => layer.class_name).slice(1);
    if (layers !== undefined) expect(types.join(' ')).toBe(layers);
  });
});
