import type { NetworkData, Topology } from '@espalier/core';
import { layerTypes } from '@espalier/network';
import { randomTopology, TopologyBuilder } from '@espalier/network/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtRandom, tensorflowAgainstOnnx } from '../../test/engines.ts';
import { randomWeights } from '../../test/random-weights.ts';
import { layerExporters } from './encode/layers.ts';
import { encodeOnnx, onnxOpsets } from './encode.ts';
import { decodeModel, type OnnxGraph } from './proto.ts';

const written = (network: NetworkData): OnnxGraph => decodeModel(encodeOnnx(network)).graph;
const graphOf = (topology: Topology): OnnxGraph => written(randomWeights(topology, 1));
const operators = ({ nodes }: OnnxGraph): string[] => nodes.map(({ operator }) => operator);
const attribute = ({ nodes }: OnnxGraph, operator: string, name: string): unknown => {
  const found = nodes.find((node) => node.operator === operator)?.attributes.get(name);
  return found?.kind === 'other' ? undefined : found?.value;
};

/** A network of one input and the layers that `build` adds; returns its topology. */
function network(inputShape: readonly number[], build: (net: TopologyBuilder) => string | readonly string[]): Topology {
  const net = new TopologyBuilder(inputShape);
  const outputs = build(net);
  return net.topology(...(typeof outputs === 'string' ? [outputs] : outputs));
}

const answersAlike = async (topology: Topology) =>
  expect(await tensorflowAgainstOnnx(randomWeights(topology, 5), { samples: 2 })).toMatchObject({ equal: true });

describe('an ONNX file', () => {
  it('can be written of every type of layer that there is', () => {
    expect(Object.keys(layerExporters).toSorted()).toEqual(layerTypes.filter((type) => type !== 'InputLayer').toSorted());
  });

  it('answers as TensorFlow does, for random networks, whole and cut', async () => {
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(randomTopology, fc.nat(), async (topology, seed) => {
        const whole = randomWeights(topology, seed);
        expect(await tensorflowAgainstOnnx(whole)).toMatchObject({ equal: true });
        const cut = cutAtRandom(whole, seed);
        if (cut === null) return;
        cuts += 1;
        expect(await tensorflowAgainstOnnx(cut)).toMatchObject({ equal: true });
      }),
      { numRuns: 150, seed: 12 },
    );
    expect(cuts).toBeGreaterThan(100);
  });

  it('is the same for the same network, byte for byte', () => {
    const topology = network([8, 8, 3], (net) => net.convBnRelu(net.input, 4));
    expect(encodeOnnx(randomWeights(topology, 1))).toEqual(encodeOnnx(randomWeights(topology, 1)));
  });

  it('has inputs and outputs named after their layers, feature maps NCHW, and an open batch', () => {
    const graph = graphOf(network([8, 6, 3], (net) => net.conv(net.input, 4, {}, 'features')));
    expect(graph.inputs).toEqual([{ name: 'input', type: 1, shape: ['batch', 3, 8, 6] }]);
    expect(graph.outputs).toEqual([{ name: 'features', type: 1, shape: ['batch', 4, 8, 6] }]);
  });

  it('gives a convolution the zeros before it and the padding of `same`, the odd zero at the end', async () => {
    const margins = { padding: [[1, 1], [2, 0]] }; // prettier-ignore
    const padded = network([8, 8, 3], (net) =>
      net.conv(net.add('ZeroPadding2D', [net.input], margins), 4, { padding: 'valid', strides: 2 }),
    );
    expect(operators(graphOf(padded))).toEqual(['Conv']);
    expect(attribute(graphOf(padded), 'Conv', 'pads')).toEqual([1, 2, 1, 0]);
    const same = network([8, 7, 3], (net) => net.conv(net.input, 4, { strides: 2 }));
    expect(attribute(graphOf(same), 'Conv', 'pads')).toEqual([0, 1, 1, 1]);
    await answersAlike(padded);
    await answersAlike(same);
  });

  it('keeps zeros that something else reads as well', async () => {
    const topology = network([6, 6, 2], (net) => {
      const zeros = net.add('ZeroPadding2D', [net.input], { padding: 1 });
      return net.plus(
        net.conv(zeros, 2, { padding: 'same' }),
        net.add('MaxPooling2D', [zeros], { pool_size: 3, strides: 1, padding: 'same' }),
      );
    });
    expect(operators(graphOf(topology))).toContain('Pad');
    await answersAlike(topology);
  });

  it.each(['MaxPooling2D', 'AveragePooling2D'])('keeps the zeros before a %s numbers like others', async (type) => {
    for (const padding of ['same', 'valid'])
      for (const pool_size of [2, 3]) {
        const topology = network([6, 6, 2], (net) => {
          const zeros = net.add('ZeroPadding2D', [net.conv(net.input, 2, { use_bias: true })], { padding: [[1, 0], [0, 2]] }); // prettier-ignore
          return net.add(type, [zeros], { pool_size, strides: 2, padding });
        });
        const { weights, ...rest } = randomWeights(topology, 5);
        // All below zero, so that zeros are what a maximum takes.
        weights.find(({ name }) => name.endsWith('bias'))!.values.fill(-5);
        expect(await tensorflowAgainstOnnx({ ...rest, weights }, { samples: 2 })).toMatchObject({ equal: true });
      }
  });

  it('flattens channels first before a dense layer, as PyTorch does, and turns the rows of its kernel', async () => {
    const topology = network([4, 3, 2], (net) => {
      const flat = net.add('Dropout', [net.add('Flatten', [net.conv(net.input, 5)])], { rate: 0.5 });
      return net.dense(net.relu(flat), 3, { activation: 'softmax' });
    });
    expect(operators(graphOf(topology))).toEqual(['Conv', 'Flatten', 'Relu', 'Gemm', 'Softmax']);
    await answersAlike(topology);
  });

  it('flattens channels last where the vector is an output or is joined with another', async () => {
    const topology = network([4, 3, 2], (net) => {
      const [left, right] = [net.add('Flatten', [net.conv(net.input, 3)]), net.add('Flatten', [net.conv(net.input, 2)])];
      return [left, net.dense(net.add('Concatenate', [left, right], { axis: -1 }), 3)];
    });
    expect(operators(graphOf(topology))).toContain('Transpose');
    await answersAlike(topology);
  });

  it('writes both orders of a dense kernel that two calls read in different orders', async () => {
    const topology = network([2, 2, 3], (net) => {
      const dense = net.dense(net.add('Flatten', [net.conv(net.input, 3)]), 4);
      return [dense, net.again(dense, [net.dense(net.add('GlobalAveragePooling2D', [net.input]), 12)])];
    });
    expect(written(randomWeights(topology, 1)).initializers.map(({ name }) => name)).toContain('dense_1/kernel:2');
    await answersAlike(topology);
  });

  it('slices neighbouring and regularly spaced channels, and gathers any others', async () => {
    const select = (channels: readonly number[]) => network([4, 3, 6], (net) => net.add('ChannelSelection', [net.input], { channels }));
    for (const [channels, operator] of [
      [[1, 2, 3], 'Slice'],
      [[1, 3, 5], 'Slice'],
      [[4], 'Slice'],
      [[0, 3, 1, 4], 'Gather'],
      [[2, 1, 0], 'Gather'],
    ] as const) {
      expect(operators(graphOf(select(channels)))).toEqual([operator]);
      await answersAlike(select(channels));
    }
  });

  it('aligns operands of fewer axes at the channels', async () => {
    await answersAlike(
      network([4, 3, 6], (net) => {
        const vector = net.dense(net.add('GlobalAveragePooling2D', [net.input]), 6, { activation: 'sigmoid' });
        const gated = net.add('Multiply', [net.input, vector]);
        const row = net.add('Reshape', [net.dense(vector, 18)], { target_shape: [3, 6] });
        return [net.add('Subtract', [gated, net.add('Reshape', [row], { target_shape: [1, 3, 6] })]), net.add('Minimum', [row, row])];
      }),
    );
  });

  it('names outputs that do nothing, are named twice or are the input', async () => {
    const topology = network([4, 3, 2], (net) => {
      const kept = net.add('Dropout', [net.conv(net.input, 2)], { rate: 0.5 }, 'kept');
      return [kept, net.input, kept];
    });
    expect(graphOf(topology).outputs.map(({ name }) => name)).toEqual(['kept', 'input/output', 'kept/output']);
  });

  it('keeps tensors apart whose layers have the names of others’ weights', async () => {
    await answersAlike(network([4, 3, 2], (net) => net.conv(net.conv(net.input, 2, {}, 'a/kernel'), 3, { activation: 'relu' }, 'a')));
  });

  const strides = [1, 2, 3];
  it.each(strides.flatMap((stride) => [1, 2, 3, 4].flatMap((size) => ['same', 'valid'].map((padding) => ({ stride, size, padding })))))(
    'windows of $size with stride $stride and padding $padding are where TensorFlow has them, there and back',
    async ({ stride, size, padding }) => {
      const window = { strides: stride, padding, use_bias: true };
      await answersAlike(
        network([7, 8, 2], (net) => [
          net.conv(net.input, 3, { kernel_size: size, ...window }),
          net.add('DepthwiseConv2D', [net.input], { kernel_size: size, ...window, depth_multiplier: 2 }),
          net.add('Conv2DTranspose', [net.input], { filters: 3, kernel_size: size, ...window }),
          net.add('MaxPooling2D', [net.input], { pool_size: size, ...window }),
          net.add('AveragePooling2D', [net.input], { pool_size: size, ...window }),
        ]),
      );
    },
  );

  const activations = ['relu', 'relu6', 'elu', 'selu', 'tanh', 'softsign', 'softplus', 'sigmoid', 'hard_sigmoid', 'hard_sigmoid_sixth', 'hard_swish', 'exponential', 'swish', 'silu', 'mish', 'gelu', 'gelu_new', 'softmax', 'log_softmax']; // prettier-ignore
  it.each(onnxOpsets)('for opset %s says every activation and every operator that changed between opsets', async (opset) => {
    const topology = network([4, 3, 6], (net) => {
      const map = net.bn(net.add('UpSampling2D', [net.add('ChannelPadding', [net.input], { before: 1, after: 2 })]));
      const halves = net.add('L2Normalization', [net.add('ChannelSelection', [map], { channels: [0, 1, 2, 3] })]);
      const cut = net.add('Cropping2D', [net.add('ZeroPadding2D', [halves], { padding: 1 })], { cropping: [[0, 1], [2, 0]] }); // prettier-ignore
      const pooled = net.add('AveragePooling2D', [cut], { pool_size: 2, padding: 'same' });
      const slopes = ['PReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU'].map((type) => net.add(type, [pooled]));
      const together = net.add('Average', [...slopes, net.add('ReLU', [pooled], { max_value: 1.5 })]);
      const rows = net.add('Reshape', [together], { target_shape: [-1, 4] });
      const normalised = net.add('BatchNormalization', [rows], { axis: -1, epsilon: 1e-3 });
      return activations.map((activation) => net.dense(normalised, 3, { activation }));
    });
    expect(await tensorflowAgainstOnnx(randomWeights(topology, 7), { opset })).toMatchObject({ equal: true });
  });

  it('is refused for an opset that is not known, and for settings that it can’t say, by the layer’s name', () => {
    const plain = randomWeights(network([4, 4, 2], (net) => net.conv(net.input, 2)), 1); // prettier-ignore
    expect(() => encodeOnnx(plain, { opset: 12 })).toThrow('ONNX opset 12 is not written here');
    const sloped = network([4, 4, 2], (net) => net.add('ReLU', [net.input], { negative_slope: 0.1 }, 'sloped'));
    expect(() => encodeOnnx(randomWeights(sloped, 1))).toThrow('layer sloped: sets negative_slope');
    const dilated = network([4, 4, 2], (net) =>
      net.add('Conv2DTranspose', [net.input], { filters: 2, kernel_size: 2, dilation_rate: 2 }, 'grown'),
    );
    expect(() => encodeOnnx(randomWeights(dilated, 1))).toThrow('layer grown: is a dilated transposed convolution');
    expect(() => encodeOnnx({ ...plain, weights: [] })).toThrow('weight conv2d_1/kernel is missing');
  });
});
