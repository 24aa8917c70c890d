import type { Topology } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../../test/builder.ts';
import { resNetTopology } from '../../test/networks.ts';
import { randomTopology } from '../../test/random-topology.ts';
import { dependencyGroups } from '../channels/groups.ts';
import { readGraph } from '../graph.ts';
import { cutTopology, keptChannels } from '../plan/cut.ts';
import { diff } from './diff.ts';

/** The same network with every layer under another name. */
function renamed(topology: Topology): Topology {
  const { layers, input_layers: inputs, output_layers: outputs } = topology.config;
  const names = new Map(layers.map(({ name }, index) => [name, `other_${layers.length - index}`]));
  const newLayers = layers.map((layer) => ({
    ...layer,
    name: names.get(layer.name)!,
    config: { ...layer.config, name: names.get(layer.name)! },
    inbound_nodes: layer.inbound_nodes.map((call) =>
      call.map(([source, ...rest]): [string, number, number] => [names.get(source)!, rest[0], rest[1]]),
    ),
  }));
  const reference = ([name, call, tensor]: [string, number, number]): [string, number, number] => [names.get(name)!, call, tensor];
  return {
    ...topology,
    config: { ...topology.config, layers: newLayers, input_layers: inputs.map(reference), output_layers: outputs.map(reference) },
  };
}

describe('the difference of two networks', () => {
  it('[D1] matches by structure: new names alone are no difference', () => {
    fc.assert(
      fc.property(randomTopology, (topology) => {
        const { layers, groups, sameLayers } = diff(topology, renamed(topology));
        expect({ layers, groups }).toEqual({ layers: [], groups: [] });
        expect(sameLayers).toBe(readGraph(topology).nodes.length);
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  it('[D2] names the groups and layers that were cut, with widths and costs', () => {
    const topology = resNetTopology(1);
    const graph = readGraph(topology);
    const cut = cutTopology(graph, keptChannels(graph, { keep: { stage2_block1_conv1: [0, 1, 2, 3] } }));
    const { groups, layers, cost } = diff(topology, renamed(cut));
    expect(groups.map(({ group, channels }) => [group.before, channels])).toEqual([['stage2_block1_conv1', { before: 32, after: 4 }]]);
    expect(layers.map(({ type }) => type)).toEqual(['Conv2D', 'BatchNormalization', 'Activation', 'Conv2D']);
    expect(layers[0]).toMatchObject({
      status: 'changed',
      width: { before: 32, after: 4 },
      settings: [{ setting: 'filters', before: 32, after: 4 }],
    });
    // 28 fewer filters of 16 · 9 weights, 28 fewer γ and β, 28 · 9 fewer weights in each of 32 filters behind.
    expect(cost.before.parameters - cost.after.parameters).toBe(28 * 144 + 2 * 28 + 28 * 9 * 32);
  });

  it('[D3] names a layer that was added, and matches what comes behind it', () => {
    const build = (dropout: boolean): Topology => {
      const net = new TopologyBuilder([8, 8, 3]);
      const first = net.convBnRelu(net.input, 4, {}, dropout ? 'a' : 'b');
      return net.classified(net.conv(dropout ? net.add('Dropout', [first], { rate: 0.5 }) : first, 5, {}, dropout ? 'c' : 'd'));
    };
    const { layers, groups } = diff(build(false), build(true));
    expect(layers.map(({ status, type }) => [status, type])).toEqual([['added', 'Dropout']]);
    expect(groups).toEqual([]);
    expect(diff(build(true), build(false)).layers.map(({ status, type }) => [status, type])).toContainEqual(['removed', 'Dropout']);
  });

  it('[D5] shows every layer of either network once, what was removed in its place', () => {
    const build = (type: string): Topology => {
      const net = new TopologyBuilder([8, 8, 3]);
      return net.classified(net.conv(net.add(type, [net.conv(net.input, 4)], { rate: 0.5 }), 5));
    };
    const { comparison, sameLayers } = diff(build('Dropout'), build('ReLU'));
    expect(comparison.slice(0, 5).map(({ status, type }) => `${status} ${type}`)).toEqual([
      'same InputLayer',
      'same Conv2D',
      'removed Dropout',
      'added ReLU',
      'same Conv2D',
    ]);
    expect(sameLayers).toBe(comparison.length - 2);
  });

  it('counts the groups that stayed', () => {
    const topology = resNetTopology(1);
    const graph = readGraph(topology);
    const cut = cutTopology(graph, keptChannels(graph, { keep: { stage2_block1_conv1: [0] } }));
    const { groups, sameGroups } = diff(topology, cut);
    expect([groups.length, sameGroups]).toEqual([1, dependencyGroups(graph).length - 1]);
  });

  it('[D3] matches what read a layer that was removed, such as a normalisation that was folded into its convolution', () => {
    const build = (normalised: boolean): Topology => {
      const net = new TopologyBuilder([8, 8, 3]);
      const name = (role: string): string => (normalised ? role : `imported_${role}`);
      const unit = (input: string, filters: number, role: string): string => {
        const made = net.conv(input, filters, {}, name(role));
        return normalised ? net.add('BatchNormalization', [made], {}, `${role}_bn`) : made;
      };
      const relu = (input: string): string => net.add('Activation', [input], { activation: 'relu' });
      const stem = relu(unit(net.input, 4, 'stem'));
      const inner = relu(unit(stem, 6, 'inner'));
      return net.classified(relu(net.add('Add', [unit(inner, 4, 'outer'), stem], {})));
    };
    const { layers, groups, sameGroups } = diff(build(true), build(false));
    expect(layers.map(({ status, type }) => `${status} ${type}`)).toEqual(Array.from({ length: 3 }, () => 'removed BatchNormalization'));
    expect(groups).toEqual([]);
    expect(sameGroups).toBe(dependencyGroups(readGraph(build(false))).length);
  });
});
