import { EspalierError } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { float, type ModelDescription, node, onnxBytes, onnxModel } from '../../../test/onnx-model.ts';
import { encodeModel, onnxType } from '../proto.ts';
import { importOnnx } from './import.ts';

function refusal(bytes: Uint8Array): EspalierError {
  try {
    importOnnx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(EspalierError);
    return error as EspalierError;
  }
  throw new Error('was not refused');
}

type Case = readonly [what: string, description: ModelDescription, code: string, message: string];

const w = { w: [6, 4, 3, 3] };
const bn = { g: [4], b: [4], m: [4], v: [4] };
const nothing = { nodes: [node('Relu', 'x', 'y')] };

const cases: readonly Case[] = [
  // Operators that no layer is
  [
    'an operator that nobody knows',
    { nodes: [node('Frobnicate', 'x', 'y')] },
    'UNSUPPORTED_LAYER',
    'ONNX node Frobnicate_y (Frobnicate, opset 17)',
  ],
  ['local response normalisation', { nodes: [node('LRN', 'x', 'y', { size: 3 })] }, 'UNSUPPORTED_LAYER', 'LRN_y (LRN, opset 17)'],
  ['a condition', { nodes: [node('If', 'x', 'y')] }, 'UNSUPPORTED_LAYER', '(If, opset 17)'],
  ['a loop', { nodes: [node('Loop', 'x', 'y')] }, 'UNSUPPORTED_LAYER', '(Loop, opset 17)'],
  [
    'a quantised network',
    { nodes: [node('QuantizeLinear', 'x s', 'q'), node('DequantizeLinear', 'q s', 'y')], weights: { s: 1 } },
    'UNSUPPORTED_LAYER',
    '(QuantizeLinear',
  ],
  [
    'layer normalisation',
    { nodes: [node('LayerNormalization', 'x s', 'y')], weights: { s: [7] } },
    'UNSUPPORTED_LAYER',
    '(LayerNormalization',
  ],
  [
    'an operator of somebody’s own',
    { nodes: [{ ...node('Relu', 'x', 'y'), domain: 'com.example' }] },
    'UNSUPPORTED_LAYER',
    'the domain com.example',
  ],
  // Settings that no layer has
  [
    'batch normalisation as in training',
    { nodes: [node('BatchNormalization', 'x g b m v', 'y', { training_mode: 1 })], weights: bn },
    'UNSUPPORTED_LAYER',
    'as in training',
  ],
  [
    'batch normalisation that gives out its statistics',
    { nodes: [node('BatchNormalization', 'x g b m v', 'y mean var')], weights: bn, opset: 13 },
    'UNSUPPORTED_LAYER',
    'as in training',
  ],
  [
    'a maximum that says where it is',
    { nodes: [node('MaxPool', 'x', 'y at', { kernel_shape: [2, 2] })] },
    'UNSUPPORTED_LAYER',
    'where its maxima are',
  ],
  [
    'a dilated pooling',
    { nodes: [node('MaxPool', 'x', 'y', { kernel_shape: [2, 2], dilations: [2, 2] })] },
    'UNSUPPORTED_LAYER',
    'dilated',
  ],
  [
    'a border of −∞ that reaches over the edge',
    {
      nodes: [node('MaxPool', 'x', 'y', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 })],
      inputs: { x: [1, 4, 8, 6] },
    },
    'UNSUPPORTED_LAYER',
    '−∞',
  ],
  [
    'a convolution over a sequence',
    { nodes: [node('Conv', 'x w', 'y')], inputs: { x: [1, 4, 9] }, weights: { w: [6, 4, 3] } },
    'UNSUPPORTED_LAYER',
    'its kernel has the shape [6, 4, 3]',
  ],
  [
    'a transposed convolution in groups',
    { nodes: [node('ConvTranspose', 'x w', 'y', { group: 2 })], weights: { w: [4, 3, 2, 2] } },
    'UNSUPPORTED_LAYER',
    'in groups',
  ],
  [
    'a reflected border',
    { nodes: [node('Pad', 'x p', 'y', { mode: 'reflect' })], integers: { p: [0, 0, 1, 1, 0, 0, 1, 1] } },
    'UNSUPPORTED_LAYER',
    'mode reflect',
  ],
  [
    'an interpolated picture',
    { nodes: [node('Resize', 'x _ s', 'y', { mode: 'linear' })], weights: { s: Float32Array.of(1, 1, 2, 2) } },
    'UNSUPPORTED_LAYER',
    'interpolates',
  ],
  [
    'a picture that is made smaller',
    { nodes: [node('Resize', 'x _ s', 'y')], weights: { s: Float32Array.of(1, 1, 0.5, 0.5) } },
    'UNSUPPORTED_LAYER',
    'by 1 × 1 × 0.5 × 0.5',
  ],
  [
    'slopes that do not spread over the tensor',
    { nodes: [node('PRelu', 'x a', 'y')], inputs: { x: [1, 4, 5, 5] }, weights: { a: [3, 1, 1] } },
    'BAD_NETWORK',
    'its slopes a of shape [3, 1, 1] do not spread over [N, 4, 5, 5]',
  ],
  [
    'a product of two tensors',
    { nodes: [node('MatMul', 'x x', 'y')], inputs: { x: [1, 4, 5, 5] } },
    'UNSUPPORTED_LAYER',
    'no product of a tensor with a weight matrix',
  ],
  ['a quotient of two tensors', { nodes: [node('Div', 'x x', 'y')] }, 'UNSUPPORTED_LAYER', 'divides by a tensor'],
  ['a mean over channels', { nodes: [node('ReduceMean', 'x', 'y', { axes: [1] })] }, 'UNSUPPORTED_LAYER', 'reduces the axes [1]'],
  [
    'one number a pixel',
    { nodes: [node('Add', 'x c', 'y')], weights: { c: [9, 7] } },
    'UNSUPPORTED_LAYER',
    'its constant c of shape [9, 7]',
  ],
  [
    'a batch that is turned to the end',
    { nodes: [node('Transpose', 'x', 'y', { perm: [1, 0, 2, 3] })] },
    'UNSUPPORTED_LAYER',
    'moves the batch',
  ],
  [
    'a batch that is folded into rows',
    { nodes: [node('Reshape', 'x s', 'y')], integers: { s: [-1, 7] } },
    'UNSUPPORTED_LAYER',
    'between the batch and other axes',
  ],
  [
    'pictures taken out of a batch',
    { nodes: [node('Gather', 'x i', 'y', { axis: 0 })], integers: { i: 0 } },
    'UNSUPPORTED_LAYER',
    'out of a batch',
  ],
  [
    'a reshape that depends on the picture',
    { nodes: [node('Relu', 'x', 'r'), node('Reshape', 'x r', 'y')] },
    'UNSUPPORTED_LAYER',
    'its operand r depends on',
  ],
  // Files that are newer or older, open or of another type
  ['an operator set of the future', { ...nothing, opset: 99 }, 'UNSUPPORTED_LAYER', 'written for opset 99'],
  ['an operator set of old', { ...nothing, opset: 6 }, 'UNSUPPORTED_LAYER', 'written for opset 6'],
  [
    'an open height',
    { ...nothing, inputs: { x: ['n', 3, 'h', 224] } },
    'UNSUPPORTED_LAYER',
    'ONNX tensor x is an input whose height is open',
  ],
  ['an input of five axes', { ...nothing, inputs: { x: [1, 3, 4, 4, 4] } }, 'UNSUPPORTED_LAYER', 'an input of 5 axes'],
  ['different batches', { nodes: [node('Add', 'x z', 'y')], inputs: { x: [1, 4, 5, 5], z: [2, 4, 5, 5] } }, 'BAD_NETWORK', 'another batch'],
  // Graphs that contradict themselves
  ['a cycle', { nodes: [node('Add', 'x b', 'a'), node('Relu', 'a', 'b'), node('Relu', 'b', 'y')] }, 'BAD_NETWORK', 'the graph has a cycle'],
  [
    'an input that leads nowhere',
    { ...nothing, inputs: { x: [1, 4, 5, 5], z: [1, 4, 5, 5] } },
    'BAD_NETWORK',
    'ONNX tensor z is an input that no output depends on',
  ],
  ['an output that nobody makes', { ...nothing, outputs: ['y', 'z'] }, 'BAD_NETWORK', 'ONNX tensor z is made by no node'],
  [
    'an output that is a constant',
    { ...nothing, outputs: ['y', 'z'], weights: { z: [3] } },
    'BAD_NETWORK',
    'ONNX tensor z is an output and a constant',
  ],
  [
    'an output that does not depend on the input',
    { nodes: [node('Relu', 'x', 'y'), node('Shape', 'x', 'z')], outputs: ['y', 'z'] },
    'BAD_NETWORK',
    'does not depend on the input',
  ],
  [
    'weights that are not there',
    { nodes: [node('Conv', 'x w', 'y')] },
    'BAD_NETWORK',
    'Conv_y (Conv, opset 17): reads w, which is made by no node',
  ],
  [
    'a name that is made twice',
    { nodes: [node('Relu', 'x', 'a'), node('Tanh', 'x', 'a'), node('Relu', 'a', 'y')] },
    'BAD_NETWORK',
    'makes a, which is made elsewhere too',
  ],
  ['no outputs', { ...nothing, outputs: [] }, 'BAD_NETWORK', 'without outputs'],
  ['constants alone', { nodes: [node('Relu', 'w', 'y')], inputs: {}, weights: { w: [3] } }, 'BAD_NETWORK', 'computes constants only'],
  [
    'a kernel for other channels',
    { nodes: [node('Conv', 'x w', 'y')], weights: { w: [6, 5, 3, 3] } },
    'BAD_NETWORK',
    'does not fit 4 channels',
  ],
  [
    'groups that do not divide',
    { nodes: [node('Conv', 'x w', 'y', { group: 3 })], weights: { w: [6, 1, 3, 3] } },
    'BAD_NETWORK',
    'in 3 groups',
  ],
  [
    'a window larger than the picture',
    { nodes: [node('Conv', 'x w', 'y')], weights: { w: [6, 4, 3, 11] } },
    'BAD_NETWORK',
    'does not fit into 7 places',
  ],
  [
    'a matrix for other rows',
    { nodes: [node('Flatten', 'x', 'f'), node('Gemm', 'f w', 'y')], weights: { w: [250, 3] } },
    'BAD_NETWORK',
    'takes 250 numbers, but reads 252',
  ],
  [
    'shapes that do not add',
    { nodes: [node('Flatten', 'x', 'f'), node('Slice', 'f a b c', 's'), node('Add', 'f s', 'y')], integers: { a: [0], b: [9], c: [1] } },
    'BAD_NETWORK',
    'do not fit together',
  ],
  [
    'shapes that do not join',
    { nodes: [node('GlobalMaxPool', 'x', 'g'), node('Concat', 'x g', 'y', { axis: 1 })] },
    'BAD_NETWORK',
    'differ in another axis',
  ],
  [
    'a reshape to other numbers',
    { nodes: [node('Reshape', 'x s', 'y')], integers: { s: [1, 3, 80] } },
    'BAD_NETWORK',
    'does not bring [1, 4, 9, 7]',
  ],
  [
    'a channel that is not there',
    { nodes: [node('Gather', 'x i', 'y', { axis: 1 })], integers: { i: [0, 4] } },
    'BAD_NETWORK',
    'gathers 4 of 4',
  ],
  ['an axis that is not there', { nodes: [node('Concat', 'x x', 'y', { axis: 4 })] }, 'BAD_NETWORK', 'its axis 4'],
  ['strides of nothing', { nodes: [node('Conv', 'x w', 'y', { strides: [0, 1] })], weights: w }, 'BAD_NETWORK', 'whole numbers from 1'],
  [
    'an attribute of another kind',
    { nodes: [node('Conv', 'x w', 'y', { strides: 'two' })], weights: w },
    'BAD_NETWORK',
    'its attribute strides should be integers',
  ],
  [
    'weights that are not numbers',
    { nodes: [node('Flatten', 'x', 'f'), node('Mul', 'f w', 'y')], weights: { w: Float32Array.of(NaN) } },
    'BAD_NETWORK',
    'ONNX tensor w holds NaN at place 0',
  ],
  [
    'weights that are infinite',
    { nodes: [node('Conv', 'x w b', 'y')], weights: { ...w, b: Float32Array.of(1, 2, 3, Infinity, 5, 6) } },
    'BAD_NETWORK',
    'ONNX tensor b holds Infinity at place 3',
  ],
  [
    'a negative variance',
    { nodes: [node('BatchNormalization', 'x g b m v', 'y')], weights: { ...bn, v: Float32Array.of(1, 1, -1, 1) } },
    'BAD_NETWORK',
    'its variance v is negative',
  ],
  [
    'a constant that is stretched to less than nothing',
    { nodes: [node('Expand', 'one size', 'c'), node('Mul', 'x c', 'y')], weights: { one: 1 }, integers: { size: [-1] } },
    'BAD_NETWORK',
    'makes a constant of the shape [-1]',
  ],
  [
    'a slope that is no number',
    { nodes: [node('LeakyRelu', 'x', 'y', { alpha: float(NaN) })] },
    'BAD_NETWORK',
    'its attribute alpha is NaN',
  ],
  [
    'an axis that is sliced twice',
    { nodes: [node('Slice', 'x from to axes', 'y')], integers: { from: [1, 2], to: [9, 3], axes: [2, -2] } },
    'BAD_NETWORK',
    'slices an axis twice',
  ],
  [
    'a constant of nothing, with many axes',
    { nodes: [node('Mul', 'x c', 'y')], weights: { c: [0, 1, 1, 1, 1, 1] } },
    'UNSUPPORTED_LAYER',
    'its constant c of shape [0, 1, 1, 1, 1, 1]',
  ],
  // Files of a few bytes that ask for much
  ['a picture without end', { ...nothing, inputs: { x: [1, 3, 2 ** 20, 2 ** 20] } }, 'BAD_NETWORK', 'beyond all measure'],
  [
    'a constant without end',
    { nodes: [node('ConstantOfShape', 's', 'c'), node('Add', 'x c', 'y')], integers: { s: [2 ** 30, 2 ** 10] } },
    'BAD_NETWORK',
    'more numbers than',
  ],
  [
    'padding without end',
    { nodes: [node('Pad', 'x p', 'y')], integers: { p: [0, 0, 0, 0, 0, 0, 1000000, 1000000] } },
    'BAD_NETWORK',
    'beyond all measure',
  ],
];

describe('an ONNX file that cannot be a network of layers', () => {
  it.each(cases)('is refused for %s, by name and with a way out', (_, description, code, message) => {
    const error = refusal(onnxBytes(description));
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
    expect(error.hint).toBeTruthy();
  });

  it('is refused for an input of another type', () => {
    const model = onnxModel(nothing);
    const inputs = model.graph.inputs.map((input) => ({ ...input, type: onnxType.uint8 }));
    expect(refusal(encodeModel({ ...model, graph: { ...model.graph, inputs } })).message).toContain('is an input of uint8');
  });

  it('is refused for weights given twice', () => {
    const model = onnxModel({ nodes: [node('Conv', 'x w', 'y')], weights: w });
    const initializers = [...model.graph.initializers, ...model.graph.initializers];
    expect(refusal(encodeModel({ ...model, graph: { ...model.graph, initializers } })).message).toContain('ONNX tensor w is given twice');
  });

  it('is refused for many small requests that come to a large one', () => {
    const nodes = Array.from({ length: 100 }, (_, index) => [
      node('Mul', `t${index} c`, `m${index}`),
      node('Relu', `m${index}`, `t${index + 1}`),
    ]).flat();
    const description = { nodes, inputs: { t0: [1, 2 ** 18, 1, 1] }, outputs: ['t100'], weights: { c: Float32Array.of(0.5) } };
    expect(refusal(onnxBytes(description)).message).toContain('more numbers than');
  });
});

describe('weights that are not float32', () => {
  const described = (type: number, bytes: Uint8Array) => {
    const model = onnxModel({ nodes: [node('Mul', 'x c', 'y')], weights: { c: [1] } });
    const initializers = [{ name: 'c', type, shape: [], raw: bytes }];
    return encodeModel({ ...model, graph: { ...model.graph, initializers } });
  };
  const scaleOf = (bytes: Uint8Array) => {
    const { network, warnings } = importOnnx(bytes);
    return { scale: network.weights[0]!.values[0], warnings };
  };

  it('are converted with a warning: half precision exactly, double precision rounded', () => {
    // 0x3555 is 1/3 in binary16: 1365/4096.
    expect(scaleOf(described(onnxType.float16, Uint8Array.of(0x55, 0x35)))).toEqual({
      scale: 1365 / 4096,
      warnings: ['c is stored as float16; its values are kept exactly, but computed with in float32'],
    });
    expect(scaleOf(described(onnxType.double, new Uint8Array(Float64Array.of(0.1).buffer)))).toEqual({
      scale: Math.fround(0.1),
      warnings: ['c is stored in double precision and was rounded to float32'],
    });
  });

  it('are refused where they are whole numbers', () => {
    expect(refusal(described(onnxType.int8, Uint8Array.of(3))).message).toContain('computes with c, which holds integers');
  });
});

describe('a kernel that two nodes read', () => {
  it('becomes two, with a warning', () => {
    const nodes = [node('Conv', 'x w', 'a', { pads: [1, 1, 1, 1] }), node('Conv', 'a w', 'y')];
    const { network, warnings } = importOnnx(onnxBytes({ nodes, weights: { w: [4, 4, 3, 3] } }));
    expect(network.weights.map(({ values }) => values)).toEqual([network.weights[0]!.values, network.weights[0]!.values]);
    expect(network.weights[0]!.values).not.toBe(network.weights[1]!.values);
    expect(warnings).toEqual(['w is read by 2 nodes; each of its layers has a copy of its own, trained apart']);
  });
});

describe('a size that the file leaves open', () => {
  const open = onnxBytes({ nodes: [node('Relu', 'x', 'y')], inputs: { x: ['n', 3, 'h', 'w'] } });

  it('is the one that is asked for', () => {
    const { network } = importOnnx(open, { inputShape: [32, 48, 3] });
    expect(network.topology.config.layers[0]!.config['batch_input_shape']).toEqual([null, 32, 48, 3]);
  });

  it('is no other than the file fixes', () => {
    expect(() => importOnnx(open, { inputShape: [32, 48, 1] })).toThrow('its shape [h, w, 3]');
  });
});
