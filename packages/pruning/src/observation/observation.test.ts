import type { NetworkData, Weight } from '@espalier/core';
import { dependencyGroups, elementCount, readGraph, weightSpecs } from '@espalier/network';
import { TopologyBuilder } from '@espalier/network/testing';
import { describe, expect, it } from 'vitest';
import { observe } from './observation.ts';

/** Every weight is its own place in its tensor, so that one sees where each comes from. */
function numbered(net: TopologyBuilder, last: string): NetworkData {
  const topology = net.classified(last);
  const weights = weightSpecs(readGraph(topology)).map(({ name, shape }): Weight => ({
    name,
    shape,
    values: Float32Array.from({ length: elementCount(shape) }, (_, place) => place),
  }));
  return { topology, weights };
}

function observed(network: NetworkData, id: string) {
  const graph = readGraph(network.topology);
  return observe(network, graph, dependencyGroups(graph)).groups.find((group) => group.id === id)!;
}

describe('what a method sees of a group', () => {
  it('of a convolution [kH, kW, Cin, Cout] is a row for each output channel', () => {
    const net = new TopologyBuilder([4, 4, 2]);
    const network = numbered(net, net.relu(net.conv(net.input, 3, { kernel_size: [1, 2], use_bias: true }, 'conv')));
    const [bank] = observed(network, 'conv').filters();
    expect(bank).toMatchObject({ layer: 'conv', channels: 3, length: 4 });
    expect([...bank!.weights]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    expect([...bank!.biases!]).toEqual([0, 1, 2]);
  });

  it('of a depthwise convolution is a filter for each channel, beside those of the layer before', () => {
    const net = new TopologyBuilder([4, 4, 1]);
    const wide = net.conv(net.input, 2, {}, 'conv');
    const network = numbered(
      net,
      net.add('DepthwiseConv2D', [wide], { kernel_size: [1, 2], depth_multiplier: 1, use_bias: false }, 'deep'),
    );
    const [conv, deep] = observed(network, 'conv').filters();
    expect(conv!.length).toBe(9);
    expect([...deep!.weights]).toEqual([0, 2, 1, 3]);
  });

  it('of a grouped convolution joins the filters that go together', () => {
    const net = new TopologyBuilder([4, 4, 1]);
    const wide = net.conv(net.input, 4, {}, 'conv');
    const network = numbered(net, net.conv(wide, 4, { kernel_size: [1, 1], groups: 2 }, 'grouped'));
    const [bank] = observed(network, 'grouped').filters();
    expect(bank).toMatchObject({ channels: 2, length: 4 });
    expect([...bank!.weights]).toEqual([0, 4, 2, 6, 1, 5, 3, 7]);
  });

  it('of a residual stream is every layer that adds to it, with |γ| of every normalisation', () => {
    const net = new TopologyBuilder([4, 4, 1]);
    const stem = net.bn(net.conv(net.input, 2, {}, 'stem'), 'stem_bn');
    const network = numbered(net, net.plus(stem, net.bn(net.conv(stem, 2, {}, 'branch'), 'branch_bn')));
    network.weights.find(({ name }) => name === 'branch_bn/gamma')!.values.set([-3, 2]);
    const group = observed(network, 'stem');
    expect(group.filters().map(({ layer }) => layer)).toEqual(['stem', 'branch']);
    expect(group.gammas().map((gamma) => [...gamma])).toEqual([
      [0, 1],
      [3, 2],
    ]);
  });

  it('of a dense layer is a column of its kernel', () => {
    const net = new TopologyBuilder([1, 1, 2]);
    const hidden = net.dense(net.add('Flatten', [net.input]), 3, {}, 'hidden');
    const topology = net.topology(net.dense(hidden, 2, {}, 'classifier'));
    const weights = weightSpecs(readGraph(topology)).map(({ name, shape }): Weight => ({
      name,
      shape,
      values: Float32Array.from({ length: elementCount(shape) }, (_, place) => place),
    }));
    expect([...observed({ topology, weights }, 'hidden').filters()[0]!.weights]).toEqual([0, 3, 1, 4, 2, 5]);
  });
});
