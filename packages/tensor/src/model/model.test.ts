import { beforeAll, describe, expect, it } from 'vitest';
import { type NetworkData, type Topology } from '@espalier/core';
import { smallBatch, smallNetwork } from '../../test/small-network.ts';
import { buildModel, ChannelPadding, openBackend, readNetwork, tf } from '../index.ts';

beforeAll(async () => {
  await openBackend();
});

/** The network with the weights of one name changed. */
function withWeights(change: (weights: NetworkData['weights']) => NetworkData['weights']): NetworkData {
  const network = smallNetwork();
  return { ...network, weights: change(network.weights) };
}

describe('a model built from plain data', () => {
  it('comes back as the same data', () => {
    const network = smallNetwork();
    const model = buildModel(network);
    expect(readNetwork(model, network.topology)).toEqual(network);
    model.dispose();
  });

  it('describes itself so that it can be built again, to the same answers', () => {
    const { images } = smallBatch(1, 4);
    const model = buildModel(smallNetwork());
    const again = buildModel(readNetwork(model));
    expect((again.predict(images) as tf.Tensor).dataSync()).toEqual((model.predict(images) as tf.Tensor).dataSync());
  });

  it('can stand beside another of the same network, and shares nothing with its data', () => {
    const network = smallNetwork();
    const [first, second] = [buildModel(network), buildModel(network)];
    network.weights[0]!.values.fill(7);
    expect(readNetwork(first).weights).toEqual(smallNetwork().weights);
    expect(readNetwork(second).weights).toEqual(smallNetwork().weights);
  });

  it('leaves no tensors when it is disposed', () => {
    const before = tf.memory().numTensors;
    buildModel(smallNetwork()).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names the weight that is missing, surplus, doubled or of another shape', () => {
    expect(() => buildModel(withWeights((weights) => weights.slice(1)))).toThrow('weight conv_1/kernel has no values in network small');
    const surplus = { name: 'conv_9/kernel', shape: [1], values: new Float32Array(1) };
    expect(() => buildModel(withWeights((weights) => [...weights, surplus]))).toThrow('weight conv_9/kernel belongs to no layer');
    expect(() => buildModel(withWeights((weights) => [...weights, weights[0]!]))).toThrow('two weights of the same name');
    const reshape = (weights: NetworkData['weights']) => weights.map((weight) => ({ ...weight, shape: [...weight.shape, 1] }));
    expect(() => buildModel(withWeights(reshape))).toThrow(
      'weight conv_1/kernel has shape [3, 3, 3, 8, 1], but its layer takes [3, 3, 3, 8]',
    );
  });

  it('may read the same tensor twice in one layer, and others after that', () => {
    const inbound = (...names: string[]): [string, number, number][][] => [names.map((name) => [name, 0, 0])];
    const layer = (type: string, name: string, config: object, ...inputs: string[]) => ({
      class_name: type,
      name,
      config: { name, ...config },
      inbound_nodes: inputs.length === 0 ? [] : inbound(...inputs),
    });
    const layers = [
      layer('InputLayer', 'x', { batch_input_shape: [null, 2] }),
      layer('Activation', 'shared', { activation: 'relu' }, 'x'),
      layer('Multiply', 'square', {}, 'shared', 'shared'),
      layer('Add', 'sum', {}, 'square', 'shared'),
    ];
    const config: Topology['config'] = { name: 'square', layers, input_layers: [['x', 0, 0]], output_layers: [['sum', 0, 0]] };
    const model = buildModel({ topology: { ...smallNetwork().topology, config }, weights: [] });
    expect([...(model.predict(tf.tensor2d([[3, -2]])) as tf.Tensor).dataSync()]).toEqual([12, 0]);
    model.dispose();
  });

  it('says which network does not build, and why', () => {
    const network = smallNetwork();
    const [input, ...layers] = network.topology.config.layers;
    const strange = { ...layers[0]!, class_name: 'Conv9D' };
    const topology = { ...network.topology, config: { ...network.topology.config, layers: [input!, strange, ...layers.slice(1)] } };
    expect(() => buildModel({ ...network, topology })).toThrow(/network small does not build: .*Conv9D/);
  });
});

describe('channel padding', () => {
  it('puts zero channels before and after', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
    const padding = new ChannelPadding({ before: 1, after: 2 });
    expect((padding.apply(x) as tf.Tensor).arraySync()).toEqual([[[[0, 1, 2, 0, 0]], [[0, 3, 4, 0, 0]]]]);
    expect(padding.computeOutputShape([null, 2, 1, 2])).toEqual([null, 2, 1, 5]);
    expect(padding.getConfig()).toMatchObject({ before: 1, after: 2 });
  });

  it.each([-1, 0.5])('refuses %s channels', (before) => {
    expect(() => new ChannelPadding({ name: 'pad', before, after: 0 })).toThrow(`layer pad has before = ${before}`);
  });
});
