import { createGenerator } from '@espalier/core';
import { channelOrigin, channelProvenance, dependencyGroups, readGraph, type PruningPlan } from '@espalier/network';
import { TopologyBuilder } from '@espalier/network/testing';
import { buildZooNetwork } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { prune } from './prune.ts';

/** Keeps a random half or more of every prunable group, with a score and a cluster for each channel. */
function randomPlan(topology: Parameters<typeof readGraph>[0], round: number): PruningPlan {
  const generator = createGenerator(round, 'provenance');
  const keep: Record<string, number[]> = {};
  const scores: Record<string, number[]> = {};
  const clusters: Record<string, number[]> = {};
  for (const { id, channels, prunable } of dependencyGroups(readGraph(topology))) {
    if (!prunable) continue;
    const width = Math.max(1, channels - generator.integer(Math.ceil(channels / 2)));
    keep[id] = [...generator.permutation(channels).subarray(0, width)].sort((a, b) => a - b);
    scores[id] = Array.from({ length: channels }, () => generator.uniform());
    clusters[id] = Array.from({ length: channels }, () => generator.integer(3));
  }
  return { version: 1, network: 'a'.repeat(64), keep, scores, clusters, provenance: { round } };
}

describe.each(['resnet20', 'densenet40', 'mobilenet-v2'])('the provenance of %s', (name) => {
  const inputShape: [number, number, number] = [32, 32, 3];
  const network = buildZooNetwork(name, {
    inputShape,
    classes: 10,
    seed: 1,
    ...(name !== 'mobilenet-v2' ? {} : { widthMultiplier: 0.25 }),
  });
  const plans = [randomPlan(network.topology, 1)];
  const once = prune(network, plans[0]!);
  plans.push(randomPlan(once.topology, 2));
  const twice = prune(once, plans[1]!);
  const [original, compressed] = [readGraph(network.topology), readGraph(twice.topology)];
  const provenance = channelProvenance(original, plans);

  it('names for any channel the filter that it was, weight for weight', () => {
    const generator = createGenerator(4, 'channels');
    const kernels = twice.weights.filter(({ name: weight }) => weight.endsWith('kernel'));
    for (let draw = 0; draw < 1000; draw++) {
      const { name: weight, shape, values } = kernels[generator.integer(kernels.length)]!;
      const layer = weight.slice(0, weight.lastIndexOf('/'));
      const depthwise = weight.endsWith('depthwise_kernel');
      const width = depthwise ? shape.at(-2)! : shape.at(-1)!;
      const channel = generator.integer(width);
      const { originalFilter } = channelOrigin(provenance, original, compressed, layer, channel);
      const before = network.weights.find(({ name: other }) => other === weight)!;
      const beforeWidth = depthwise ? before.shape.at(-2)! : before.shape.at(-1)!;
      // Every number of the filter is a number of the original one, in the same order.
      let place = 0;
      const filterBefore = before.values.filter((_, index) => index % beforeWidth === originalFilter);
      const isSubsequence = values
        .filter((_, index) => index % width === channel)
        .every((value) => {
          while (place < filterBefore.length && filterBefore[place] !== value) place++;
          return place++ < filterBefore.length;
        });
      expect(isSubsequence, `${layer} ${channel}`).toBe(true);
    }
  });

  it('says the same layer by layer', () => {
    const widths = new Map<string, number>();
    for (const { name: weight, shape } of twice.weights) {
      if (weight.endsWith('kernel'))
        widths.set(weight.slice(0, weight.lastIndexOf('/')), weight.endsWith('depthwise_kernel') ? shape.at(-2)! : shape.at(-1)!);
    }
    expect(new Map(provenance.layers.map(({ layer, channels }) => [layer, channels.length]))).toEqual(widths);
    for (const { layer, channels } of provenance.layers) {
      channels.forEach(({ filter, group, channel }, place) => {
        const origin = channelOrigin(provenance, original, compressed, layer, place);
        expect([filter, group, channel], `${layer} ${place}`).toEqual([origin.originalFilter, origin.group, origin.original]);
      });
    }
  });

  it('tells of every channel either where it is or when it went, and how each round saw it', () => {
    for (const { group, before, after, channels } of provenance.groups) {
      expect(channels.length).toBe(before);
      expect(channels.filter(({ channel }) => channel !== null).map(({ channel }) => channel)).toEqual([...Array(after).keys()]);
      for (const { channel, removedInRound, sightings } of channels) {
        expect(channel === null).toBe(removedInRound !== null);
        for (const { round, channel: then, score, cluster } of sightings) {
          if (plans[round - 1]!.keep[group] === undefined) continue;
          expect(score).toBe(plans[round - 1]!.scores![group]![then]);
          expect(cluster).toBe(plans[round - 1]!.clusters![group]![then]);
        }
      }
    }
    expect(provenance.rounds).toEqual([{ round: 1 }, { round: 2 }]);
  });

  it('refuses plans of another network or in another order, by round and group', () => {
    expect(() => channelProvenance(original, [{ ...plans[0]!, keep: { elsewhere: [0] } }])).toThrow('round 1, group elsewhere');
    const [group] = Object.keys(plans[1]!.keep);
    expect(() => channelProvenance(original, [plans[0]!, { ...plans[1]!, keep: { [group!]: [9999] } }])).toThrow(`round 2, group ${group}`);
    expect(() => channelOrigin(provenance, original, compressed, 'nonsense', 0)).toThrow('nonsense');
  });
});

describe('a grouped convolution that a round narrows', () => {
  const net = new TopologyBuilder([8, 8, 3]);
  const grouped = net.conv(net.conv(net.input, 8, {}, 'stem'), 8, { groups: 2 }, 'grouped');
  const graph = readGraph(net.topology(net.add('Dense', [net.add('GlobalAveragePooling2D', [grouped])], { units: 2 }, 'classifier')));
  const plan = (stem: number[]): PruningPlan => ({ version: 1, network: 'a'.repeat(64), keep: { stem } });

  it('to two channels a group is followed through the next round', () => {
    const { groups, layers } = channelProvenance(graph, [plan([0, 1, 3]), plan([0, 2])]);
    const { channels } = groups.find(({ group }) => group === 'stem')!;
    expect(channels.map(({ channel }) => channel)).toEqual([0, null, null, 1]);
    // Channel j stands for the j-th filter of either group.
    expect(layers.find(({ layer }) => layer === 'stem')!.channels.map(({ filter }) => filter)).toEqual([0, 3, 4, 7]);
  });

  it('to one channel a group has other channels from then on, and is refused by name rather than followed wrongly', () => {
    expect(() => channelProvenance(graph, [plan([1]), plan([0])])).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        message: expect.stringContaining('the plan of round 2, group stem: the rounds before left'),
      }),
    );
  });
});
