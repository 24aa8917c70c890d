import type { LayerConfig, Topology } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../test/builder.ts';
import { readGraph } from './graph.ts';

const shapeOf = (make: (net: TopologyBuilder) => string, inputShape: readonly number[] = [7, 5, 4]) => {
  const net = new TopologyBuilder(inputShape);
  return readGraph(net.topology(make(net))).nodes.at(-1)!.outputShape;
};

describe('the shape of a layer’s output', () => {
  it.each<[string, readonly number[], (net: TopologyBuilder) => string]>([
    ['convolution, same, stride 2', [4, 3, 6], (net) => net.conv(net.input, 6, { strides: 2 })],
    ['convolution, valid', [5, 3, 6], (net) => net.conv(net.input, 6, { padding: 'valid' })],
    ['convolution, valid, dilation 2', [3, 1, 6], (net) => net.conv(net.input, 6, { padding: 'valid', dilation_rate: [2, 2] })],
    ['convolution, 3 × 1', [5, 5, 6], (net) => net.conv(net.input, 6, { padding: 'valid', kernel_size: [3, 1] })],
    ['depthwise, multiplier 2', [5, 3, 8], (net) => net.add('DepthwiseConv2D', [net.input], { kernel_size: 3, depth_multiplier: 2 })],
    ['separable', [5, 3, 9], (net) => net.add('SeparableConv2D', [net.input], { kernel_size: 3, filters: 9 })],
    [
      'transposed, same',
      [14, 10, 2],
      (net) => net.add('Conv2DTranspose', [net.input], { kernel_size: 3, filters: 2, strides: 2, padding: 'same' }),
    ],
    ['transposed, valid', [15, 11, 2], (net) => net.add('Conv2DTranspose', [net.input], { kernel_size: 3, filters: 2, strides: 2 })],
    ['maximum pooling', [3, 2, 4], (net) => net.add('MaxPooling2D', [net.input], { pool_size: [2, 2] })],
    ['average pooling, same', [4, 3, 4], (net) => net.add('AveragePooling2D', [net.input], { padding: 'same' })],
    ['global pooling', [4], (net) => net.add('GlobalAveragePooling2D', [net.input])],
    ['flatten', [140], (net) => net.add('Flatten', [net.input])],
    ['reshape with one open axis', [5, 28], (net) => net.add('Reshape', [net.input], { target_shape: [5, -1] })],
    [
      'zero padding',
      [8, 9, 4],
      (net) =>
        net.add('ZeroPadding2D', [net.input], {
          padding: [
            [1, 0],
            [2, 2],
          ],
        }),
    ],
    [
      'cropping',
      [5, 4, 4],
      (net) =>
        net.add('Cropping2D', [net.input], {
          cropping: [
            [1, 1],
            [0, 1],
          ],
        }),
    ],
    ['upsampling', [14, 15, 4], (net) => net.add('UpSampling2D', [net.input], { size: [2, 3] })],
    ['channel padding', [7, 5, 9], (net) => net.add('ChannelPadding', [net.input], { before: 2, after: 3 })],
    ['selection of channels', [7, 5, 3], (net) => net.add('ChannelSelection', [net.input], { channels: [3, 0, 3] })],
    ['permutation', [4, 7, 5], (net) => net.add('Permute', [net.input], { dims: [3, 1, 2] })],
    ['concatenation of channels', [7, 5, 8], (net) => net.add('Concatenate', [net.input, net.input], { axis: 3 })],
    ['concatenation of rows', [14, 5, 4], (net) => net.add('Concatenate', [net.input, net.input], { axis: 1 })],
    [
      'stretching a gate',
      [7, 5, 4],
      (net) => net.add('Multiply', [net.add('GlobalMaxPooling2D', [net.input], { keepdims: true }), net.input]),
    ],
    ['dense on a map', [7, 5, 3], (net) => net.dense(net.input, 3)],
  ])('[N1] %s: %j', (_, shape, make) => {
    expect(shapeOf(make)).toEqual(shape);
  });

  it('[N2] nodes come after what they read, however the layers are listed', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const topology = net.classified(net.convBnRelu(net.input, 4));
    const reversed = { ...topology, config: { ...topology.config, layers: topology.config.layers.toReversed() } };
    const { nodes } = readGraph(reversed);
    expect(nodes.every(({ index, inputs }) => inputs.every((input) => input < index))).toBe(true);
    expect(nodes.map(({ layer }) => layer)).toEqual(readGraph(topology).nodes.map(({ layer }) => layer));
  });
});

const oneConvolution = () => {
  const net = new TopologyBuilder([8, 8, 3]);
  return net.classified(net.conv(net.input, 4, {}, 'conv'));
};
const withLayer = (name: string, change: (layer: LayerConfig) => LayerConfig, topology: Topology = oneConvolution()): Topology => ({
  ...topology,
  config: { ...topology.config, layers: topology.config.layers.map((layer) => (layer.name === name ? change(layer) : layer)) },
});
const configured = (config: Record<string, unknown>) =>
  withLayer('conv', (layer) => ({ ...layer, config: { ...layer.config, ...config } }));

describe('a topology that cannot be read is refused, naming the layer', () => {
  it.each<[string, Topology, string, string]>([
    [
      'an unknown layer',
      withLayer('conv', (layer) => ({ ...layer, class_name: 'LSTM' })),
      'UNSUPPORTED_LAYER',
      'layer conv: its type LSTM is not known',
    ],
    [
      'a network inside',
      withLayer('conv', (layer) => ({ ...layer, class_name: 'Functional' })),
      'UNSUPPORTED_LAYER',
      'network inside the network',
    ],
    ['channels first', configured({ data_format: 'channels_first' }), 'UNSUPPORTED_LAYER', 'layer conv: data_format'],
    [
      'strides and dilation at once',
      configured({ strides: 2, dilation_rate: [1, 2] }),
      'UNSUPPORTED_LAYER',
      'layer conv: has strides and a dilation_rate above 1 at once',
    ],
    [
      'a dilated transposed convolution',
      withLayer('conv', (layer) => ({ ...layer, class_name: 'Conv2DTranspose', config: { ...layer.config, dilation_rate: 2 } })),
      'UNSUPPORTED_LAYER',
      'layer conv: is a dilated transposed convolution',
    ],
    ['an unknown activation', configured({ activation: 'maxout' }), 'UNSUPPORTED_LAYER', 'layer conv: activation is "maxout"'],
    [
      'a cycle',
      withLayer('conv', (layer) => ({ ...layer, inbound_nodes: [[['classifier', 0, 0]]] })),
      'BAD_NETWORK',
      'waits for its own output',
    ],
    [
      'a layer that reads nothing there',
      withLayer('conv', (layer) => ({ ...layer, inbound_nodes: [[['ghost', 0, 0]]] })),
      'BAD_NETWORK',
      'reads ghost',
    ],
    [
      'a second output of a layer',
      withLayer('conv', (layer) => ({ ...layer, inbound_nodes: [[['input', 0, 1]]] })),
      'BAD_NETWORK',
      'reads output 1 of input',
    ],
    [
      'too many inputs',
      withLayer('conv', (layer) => ({
        ...layer,
        inbound_nodes: [
          [
            ['input', 0, 0],
            ['input', 0, 0],
          ],
        ],
      })),
      'BAD_NETWORK',
      'reads 2 tensors',
    ],
    ['no filters', configured({ filters: undefined }), 'BAD_NETWORK', 'layer conv: filters must be'],
    ['a fraction of filters', configured({ filters: 2.5 }), 'BAD_NETWORK', 'but is 2.5'],
    ['groups that do not divide', configured({ groups: 2 }), 'BAD_NETWORK', 'do not divide into 2 groups'],
    ['camelCase settings', configured({ kernel_size: undefined, kernelSize: [3, 3] }), 'BAD_NETWORK', 'kernelSize is in camelCase'],
    [
      'a window that does not fit',
      configured({ padding: 'valid', kernel_size: [9, 9] }),
      'BAD_NETWORK',
      'a window of 9 does not fit into 8',
    ],
    [
      'an open input size',
      withLayer('input', (layer) => ({ ...layer, config: { ...layer.config, batch_input_shape: [null, null, null, 3] } })),
      'BAD_NETWORK',
      'layer input: its shape [null,null,3] is not fixed',
    ],
    ['no layers', { ...oneConvolution(), config: { ...oneConvolution().config, layers: [] } }, 'BAD_NETWORK', 'no layers'],
    [
      'an output that is not there',
      { ...oneConvolution(), config: { ...oneConvolution().config, output_layers: [['ghost', 0, 0]] } },
      'BAD_NETWORK',
      'ghost',
    ],
  ])('[N3] %s', (_, topology, code, words) => {
    expect(() => readGraph(topology)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words), hint: expect.any(String) }),
    );
  });

  it('[N3] sums of different shapes', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const topology = net.classified(net.add('Add', [net.conv(net.input, 4), net.conv(net.input, 5)], {}, 'sum'));
    expect(() => readGraph(topology)).toThrow('layer sum: its inputs [8, 8, 4] and [8, 8, 5] do not fit together');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['ChannelSelection', { channels: [] }, 'channels is empty'],
    ['ChannelSelection', { channels: [0, 3] }, 'channels names 3, but its input has the channels 0 to 2'],
    ['ChannelSelection', { channels: [-1] }, 'channels names -1'],
    ['ChannelSelection', {}, 'channels must be a list'],
    ['Permute', { dims: [1, 1, 3] }, 'dims [1, 1, 3] do not name each of the axes 1 to 3 once'],
    ['Permute', { dims: [2, 1] }, 'dims [2, 1] do not'],
  ])('[N3] %s with %o', (type, config, words) => {
    const net = new TopologyBuilder([8, 8, 3]);
    const topology = net.topology(net.add(type, [net.input], config, 'odd'));
    expect(() => readGraph(topology)).toThrow(
      expect.objectContaining({ code: 'BAD_NETWORK', message: expect.stringContaining(`layer odd: ${words}`) }),
    );
  });

  it('[N3] a layer that leads nowhere', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    net.conv(net.input, 4, {}, 'forgotten');
    expect(() => readGraph(net.classified(net.conv(net.input, 4)))).toThrow('layer forgotten: leads to no output');
  });

  it('[N3] a name that is used twice', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    expect(() => readGraph(net.classified(net.conv(net.conv(net.input, 4, {}, 'twin'), 4, {}, 'twin')))).toThrow(
      'layer twin: its name is used twice',
    );
  });
});
