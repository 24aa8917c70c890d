import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../../test/builder.ts';
import { resNetTopology } from '../../test/networks.ts';
import { randomPlan } from '../../test/random-plan.ts';
import { randomTopology } from '../../test/random-topology.ts';
import { dependencyGroups } from '../channels/groups.ts';
import { networkCost } from '../cost/cost.ts';
import { readGraph } from '../graph.ts';
import { costAfter } from './cost-after.ts';
import { cutTopology, keptChannels } from './cut.ts';
import { layerWidths, PruningPlanSchema, validatePlan, widthsAfter } from './plan.ts';

const graph = readGraph(resNetTopology(1));
const groups = dependencyGroups(graph);

describe('a pruning plan', () => {
  it('[P1] is read from JSON with its version and the digest of its network', () => {
    const plan = { network: 'ab'.repeat(32), keep: { stem: [0, 3] }, scores: { stem: [0.5, -1] }, provenance: { method: 'l1' } };
    expect(PruningPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual({ version: 1, ...plan });
    expect(PruningPlanSchema.safeParse({ ...plan, network: 'main' }).success).toBe(false);
  });

  it.each<[string, Record<string, number[]>, string]>([
    ['an unknown group', { stem: [0], trunk: [0] }, 'group trunk: the network has no such group'],
    ['an empty keep-list', { stem: [] }, 'group stem: no channel is kept'],
    ['channels out of order', { stem: [3, 1] }, 'do not ascend'],
    ['a channel twice', { stem: [3, 3] }, 'named twice'],
    ['a channel that is not there', { stem: [0, 16] }, 'there is no channel 16 among its 16'],
    ['cutting the output', { classifier: [0, 1] }, 'it must stay whole: they are the network’s output'],
  ])('[P1] is refused with %s', (_, keep, words) => {
    expect(() => validatePlan(groups, { keep })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(words) }),
    );
  });

  it('[P2] leads to the predicted cost on random networks', () => {
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        const before = readGraph(topology);
        const plan = randomPlan(dependencyGroups(before), seed);
        const widths = widthsAfter(before, plan);
        const after = readGraph(cutTopology(before, keptChannels(before, plan)));
        const { parameters, macs } = networkCost(after);
        expect(costAfter(before, dependencyGroups(before), widths)).toEqual({ parameters, macs });
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('[G11] leaves the groups their names, where no tensor is narrowed to one channel', () => {
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, seed) => {
        const before = readGraph(topology);
        const plan = randomPlan(dependencyGroups(before), seed, 2);
        const after = readGraph(cutTopology(before, keptChannels(before, plan)));
        expect(Object.fromEntries(dependencyGroups(after).map(({ id, channels }) => [id, channels]))).toEqual(widthsAfter(before, plan));
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('[P3] tells the width of every layer, with the groups that decided it', () => {
    const widths = layerWidths(graph, groups, { keep: { stem: [0, 1, 2], stage2_block1_conv2: [5], stage3_block1_conv1: [1, 2] } });
    const of = (layer: string) => widths.find((width) => width.layer === layer);
    expect(of('stem')).toEqual({ layer: 'stem', type: 'Conv2D', group: 'stem', before: 16, after: 3 });
    expect(of('stage2_block1_conv2')).toMatchObject({ group: 'stem + stage2_block1_conv2', before: 32, after: 4 });
    expect(of('stage3_block1_conv2')).toMatchObject({ before: 64, after: 3 + 1 + 32 });
    expect(of('stage3_block1_conv1')).toMatchObject({ before: 64, after: 2 });
    expect(of('classifier')).toEqual({ layer: 'classifier', type: 'Dense', group: null, before: 10, after: 10 });
  });

  it('[P4] keeps the zero padding in step with the channels around it', () => {
    const kept = keptChannels(graph, { keep: { stem: [0, 1, 2], stage2_block1_conv2: [0, 1, 9] } });
    const paddings = cutTopology(graph, kept).config.layers.filter(({ class_name: type }) => type === 'ChannelPadding');
    // Channels 0 … 7 of the second group lie before the stem's, 8 … 15 behind it: two are kept before and one behind.
    expect(paddings.map(({ config }) => [config['before'], config['after']])).toEqual([
      [2, 1],
      [16, 16],
    ]);
  });

  it('[P4] selects what is left of the selected channels', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const shuffled = net.add('ChannelSelection', [net.conv(net.input, 6, {}, 'conv')], { channels: [0, 3, 1, 4, 2, 5] }, 'shuffled');
    const whole = readGraph(net.classified(shuffled));
    const cut = cutTopology(whole, keptChannels(whole, { keep: { conv: [1, 2, 3, 5] } }));
    // Channels 1, 2, 3 and 5 are now 0 to 3, and come in the order 3, 1, 2, 5.
    expect(cut.config.layers.find(({ name }) => name === 'shuffled')!.config['channels']).toEqual([2, 0, 1, 3]);
  });

  it('[G12] cuts a selection that is called twice alike in both calls', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const first = net.add('ChannelSelection', [net.conv(net.input, 4, {}, 'left')], { channels: [2, 0] }, 'picked');
    const topology = net.classified(net.plus(first, net.again('picked', [net.conv(net.input, 4, {}, 'right')])));
    const whole = readGraph(topology);
    expect(dependencyGroups(whole).map(({ id, channels }) => [id, channels])).toEqual([
      ['input', 3],
      ['left', 2],
      ['left:2', 2],
      ['classifier', 10],
    ]);
    const cut = readGraph(cutTopology(whole, keptChannels(whole, { keep: { left: [1], 'left:2': [0] } })));
    expect(cut.nodes.filter(({ layer }) => layer === 'picked').map(({ outputShape }) => outputShape)).toEqual([
      [8, 8, 1],
      [8, 8, 1],
    ]);
  });
});
