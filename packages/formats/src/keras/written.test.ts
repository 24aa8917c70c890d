import type { InboundTensor, LayerConfig, NetworkData, Topology } from '@espalier/core';
import { elementCount, readGraph } from '@espalier/network';
import { createGenerator } from '@espalier/core';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/random-weights.ts';
import { tensorflowRunner } from '../../test/tensorflow-runner.ts';
import { inSilence } from '../format.ts';
import { encodeNetwork } from '../network-file.ts';
import { kerasArchive } from './archive/format.ts';
import { kerasH5 } from './h5/format.ts';
import { kerasLayerOrder } from './layer-order.ts';
import { writeKerasNetwork } from './write-network.ts';

/** A topology of layers that each read those named. */
function topologyOf(
  layers: readonly [type: string, name: string, inputs: readonly string[], config?: Record<string, unknown>][],
): Topology {
  const configs = layers.map(([type, name, inputs, config]): LayerConfig => {
    const inbound = inputs.map((input): InboundTensor => [input, 0, 0, {}]);
    return { class_name: type, name, config: { name, trainable: true, ...config }, inbound_nodes: inbound.length === 0 ? [] : [inbound] };
  });
  return {
    class_name: 'Model',
    config: { name: 'net', layers: configs, input_layers: [['input', 0, 0]], output_layers: [[layers.at(-1)![1], 0, 0]] },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

const input: [string, string, string[], Record<string, unknown>] = [
  'InputLayer',
  'input',
  [],
  { batch_input_shape: [null, 5, 5, 6], dtype: 'float32', sparse: false },
];
const flat: [string, string, string[], Record<string, unknown>] = [
  'GlobalAveragePooling2D',
  'pool',
  ['last'],
  { data_format: 'channels_last' },
];

const ownLayers = topologyOf([
  input,
  ['ChannelSelection', 'part', ['input'], { channels: [1, 2, 3, 4] }],
  ['ChannelSelection', 'shuffle', ['part'], { channels: [2, 0, 3, 1, 1] }],
  ['ChannelPadding', 'padded', ['shuffle'], { before: 1, after: 2 }],
  ['L2Normalization', 'last', ['padded']],
  flat,
]);

/** The types of the layers in the config of the `.keras` file. */
async function kerasTypes(network: NetworkData): Promise<string[]> {
  const files = unzipSync(await kerasArchive.encode(network, {}));
  const { config } = JSON.parse(strFromU8(files['config.json']!)) as { config: { layers: { class_name: string; module: string }[] } };
  expect(new Set(config.layers.map(({ module }) => module))).toEqual(new Set(['keras.layers']));
  return config.layers.map(({ class_name: type }) => type);
}

describe('layers that Keras does not have', () => {
  const network = randomWeights(ownLayers, 3);

  it('are written as layers that it has, so that a file needs no code of ours', async () => {
    expect(await kerasTypes(network)).toEqual([
      'InputLayer',
      'Cropping2D',
      'Conv2D',
      'ZeroPadding2D',
      'UnitNormalization',
      'DepthwiseConv2D',
      'GlobalAveragePooling2D',
    ]);
  });

  it.each([kerasH5, kerasArchive])('come back as themselves: $name', async (format) => {
    expect(encodeNetwork(await format.decode(await format.encode(network, {}), inSilence))).toEqual(encodeNetwork(network));
  });

  it('compute the same when they are left as Keras has them', async () => {
    // The written model read without knowing the pairs again: a renamed norm is a UnitNormalization and a convolution for anyone.
    const { model, weights } = writeKerasNetwork(network, 3);
    const renamed = (name: string): string => (name === 'last_unit' ? 'unit' : name);
    const strangers = {
      ...model,
      layers: model.layers.map((layer) => ({
        ...layer,
        name: renamed(layer.name),
        settings: { ...layer.settings, trainable: true },
        inbound: layer.inbound.map((call) => call.map(([source, index, tensor]): InboundTensor => [renamed(source), index, tensor, {}])),
      })),
    };
    const { readKerasNetwork } = await import('./read-network.ts');
    const plain = readKerasNetwork(strangers, weights, inSilence);
    expect(plain.topology.config.layers.map(({ class_name: type }) => type)).toEqual([
      'InputLayer',
      'ChannelSelection',
      'Conv2D',
      'ChannelPadding',
      'L2Normalization',
      'DepthwiseConv2D',
      'GlobalAveragePooling2D',
    ]);
    const generator = createGenerator(1, 'picture');
    const picture = Float32Array.from({ length: elementCount(readGraph(ownLayers).nodes[0]!.outputShape) }, () => generator.normal());
    const [expected, actual] = await Promise.all(
      [network, plain].map(async (each) => {
        const runner = await tensorflowRunner(each);
        const [output] = await runner.run([picture]);
        await runner.close();
        return output!;
      }),
    );
    // One multiplication by the scale stands at another place: at most a unit in the last digit of numbers below 2.
    for (const [place, value] of expected!.entries()) expect(Math.abs(value - actual![place]!)).toBeLessThanOrEqual(2 ** -22);
  });
});

describe('what Keras can not say is refused by name:', () => {
  it.each<[string, Topology, string]>([
    [
      'zeros for a vector',
      topologyOf([input, ['GlobalAveragePooling2D', 'pool', ['input']], ['ChannelPadding', 'padded', ['pool'], { before: 1, after: 0 }]]),
      'layer padded: Keras has no ChannelPadding of a vector',
    ],
    [
      'a hard sigmoid of Keras 2',
      topologyOf([input, ['Activation', 'gate', ['input'], { activation: 'hard_sigmoid' }]]),
      'layer gate: Keras 3 has no activation that computes hard_sigmoid',
    ],
    [
      'a smooth enlargement',
      topologyOf([input, ['UpSampling2D', 'up', ['input'], { size: [2, 2], interpolation: 'bilinear' }]]),
      'layer up: is an UpSampling2D with interpolation "bilinear", which TF.js and Keras compute differently',
    ],
    [
      'a name with a slash',
      topologyOf([input, ['Activation', 'block/relu', ['input'], { activation: 'relu' }]]),
      'layer block/relu: Keras allows no slash in the name of a layer',
    ],
  ])('%s', async (_, topology, message) => {
    await expect(kerasArchive.encode(randomWeights(topology, 1), {})).rejects.toMatchObject({ code: 'UNSUPPORTED_LAYER', message });
  });

  it('an activation that Keras 2 and 3 compute differently, in .h5 alone', async () => {
    const network = randomWeights(topologyOf([input, ['Activation', 'gate', ['input'], { activation: 'hard_sigmoid_sixth' }]]), 1);
    await expect(kerasH5.encode(network, {})).rejects.toMatchObject({
      code: 'UNSUPPORTED_LAYER',
      message: 'layer gate: Keras 2 and 3 have no activation that computes hard_sigmoid_sixth in both',
    });
    const read = await kerasArchive.decode(await kerasArchive.encode(network, {}), inSilence);
    expect(encodeNetwork(read)).toEqual(encodeNetwork(network));
  });

  it('a weight that is not a number', async () => {
    const network = randomWeights(topologyOf([input, ['Conv2D', 'conv', ['input'], { filters: 2, kernel_size: [1, 1] }]]), 1);
    network.weights[0]!.values[3] = Number.POSITIVE_INFINITY;
    for (const format of [kerasH5, kerasArchive])
      await expect(format.encode(network, {})).rejects.toMatchObject({
        code: 'BAD_NETWORK',
        message: 'weight conv/kernel holds Infinity at place 3',
      });
  });
});

describe('the order in which Keras lists layers', () => {
  it('puts the longest way to the output first, then what a walk from the outputs meets first', () => {
    // Two ways of different length from the stem: what lies one step before the sum comes last, whatever the order of the config.
    const { model } = writeKerasNetwork(
      randomWeights(
        topologyOf([
          input,
          ['Activation', 'short', ['stem'], { activation: 'relu' }],
          ['Activation', 'stem', ['input'], { activation: 'relu' }],
          ['Activation', 'long_1', ['stem'], { activation: 'relu' }],
          ['Activation', 'long_2', ['long_1'], { activation: 'relu' }],
          ['Add', 'sum', ['short', 'long_2']],
        ]),
        1,
      ),
      3,
    );
    expect(kerasLayerOrder(model)).toEqual(['input', 'stem', 'long_1', 'short', 'long_2', 'sum']);
  });

  it('is that of a saved model, which lists its layers so', async () => {
    const { readFileSync } = await import('node:fs');
    const { kerasFixture } = await import('../../test/keras-fixtures.ts');
    const { readModelConfig } = await import('./config/read.ts');
    for (const file of ['mixture.keras', 'scaled.keras']) {
      const config: unknown = JSON.parse(strFromU8(unzipSync(readFileSync(kerasFixture(file)))['config.json']!));
      const model = readModelConfig(config, 3, file);
      expect(kerasLayerOrder(model)).toEqual(model.layers.map(({ name }) => name));
    }
  });
});
