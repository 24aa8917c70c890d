import type { Topology } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopologyBuilder } from '../../test/builder.ts';
import { resNetTopology } from '../../test/networks.ts';
import { randomTopology } from '../../test/random-topology.ts';
import { readGraph } from '../graph.ts';
import { analyseChannels, type DependencyGroup, dependencyGroups } from './groups.ts';

const groupsOf = (topology: Topology) => dependencyGroups(readGraph(topology));
const named = (groups: readonly DependencyGroup[], id: string) => groups.find((group) => group.id === id)!;

/** `layer role` → the axis's indices of each channel of the group. */
function memberIndices({ channels, members }: DependencyGroup): Record<string, number[][]> {
  return Object.fromEntries(
    members.map(({ layer, role, multiplicity, indices }) => [
      `${layer} ${role}`,
      Array.from({ length: channels }, (_, channel) => Array.from(indices.subarray(channel * multiplicity, (channel + 1) * multiplicity))),
    ]),
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const each = (places: readonly number[]): number[][] => places.map((place) => [place]);

describe('dependency groups', () => {
  it('[G1] a kernel makes new channels, and its inputs are the channels of the tensor it reads', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const groups = groupsOf(net.classified(net.conv(net.conv(net.input, 4, {}, 'first'), 5, {}, 'second')));
    expect(groups.map(({ id, channels, prunable }) => [id, channels, prunable])).toEqual([
      ['input', 3, false],
      ['first', 4, true],
      ['second', 5, true],
      ['classifier', 10, false],
    ]);
    expect(memberIndices(named(groups, 'first'))).toEqual({ 'first out': each(range(0, 4)), 'second in': each(range(0, 4)) });
  });

  it('[G2] the channels of a group occur in the same tensors equally often', () => {
    fc.assert(
      fc.property(randomTopology, (topology) => {
        const graph = readGraph(topology);
        const { groups, groupOf, channelOf } = analyseChannels(graph);
        groupOf.forEach((groupOfPlace, node) => {
          const counts = groups.map(({ channels }) => Array.from({ length: channels }, () => 0));
          groupOfPlace.forEach((group, place) => {
            counts[group]![channelOf[node]![place]!]! += 1;
          });
          for (const perChannel of counts) expect(new Set(perChannel).size).toBe(1);
        });
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('[G3] layers that work channel by channel pass channels through, and own their vectors', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    let at = net.bn(net.conv(net.input, 4, {}, 'conv'), 'bn');
    at = net.add('PReLU', [at], { shared_axes: [1, 2] }, 'prelu');
    for (const type of ['ReLU', 'MaxPooling2D', 'Dropout', 'UpSampling2D', 'ZeroPadding2D']) at = net.add(type, [at]);
    const group = named(groupsOf(net.classified(net.conv(at, 5))), 'conv');
    expect(group.members.map(({ layer, role }) => `${layer} ${role}`)).toEqual(['conv out', 'bn bn', 'prelu slope', 'conv2d_1 in']);
  });

  it('[G4] adding or multiplying ties the operands place by place', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const sum = net.plus(net.conv(net.input, 4, {}, 'left'), net.conv(net.input, 4, {}, 'right'));
    const group = named(groupsOf(net.classified(sum)), 'left');
    expect(memberIndices(group)).toMatchObject({
      'left out': each(range(0, 4)),
      'right out': each(range(0, 4)),
      'classifier in': each(range(0, 4)),
    });
  });

  it('[G4] one channel that is spread over all others must stay', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const gate = net.conv(net.input, 1, {}, 'gate');
    const groups = groupsOf(net.classified(net.add('Multiply', [net.conv(net.input, 4, {}, 'conv'), gate], {}, 'gated')));
    expect(named(groups, 'gate')).toMatchObject({ prunable: false, reason: 'gated spreads this one channel over 4' });
    expect(named(groups, 'conv').prunable).toBe(true);
  });

  it('[G4] squeeze and excitation: the gate of each channel is the channel', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const map = net.conv(net.input, 6, {}, 'map');
    const pooled = net.add('GlobalAveragePooling2D', [map], { keepdims: true });
    const gate = net.conv(net.conv(pooled, 2, { activation: 'relu' }, 'squeeze'), 6, { activation: 'hard_sigmoid' }, 'excite');
    const groups = groupsOf(net.classified(net.add('Multiply', [map, gate])));
    expect(memberIndices(named(groups, 'map'))).toEqual({
      'map out': each(range(0, 6)),
      'squeeze in': each(range(0, 6)),
      'excite out': each(range(0, 6)),
      'classifier in': each(range(0, 6)),
    });
    expect(named(groups, 'squeeze')).toMatchObject({ channels: 2, prunable: true });
  });

  it('[G5] concatenating channels shifts each operand by the widths before it', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const joined = net.add('Concatenate', [net.conv(net.input, 3, {}, 'a'), net.conv(net.input, 2, {}, 'b')], { axis: -1 });
    const groups = groupsOf(net.classified(net.conv(joined, 4, {}, 'reader')));
    expect(memberIndices(named(groups, 'a'))['reader in']).toEqual(each([0, 1, 2]));
    expect(memberIndices(named(groups, 'b'))['reader in']).toEqual(each([3, 4]));
  });

  it('[G5] concatenating along another axis ties the operands', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const stacked = net.add('Concatenate', [net.conv(net.input, 3, {}, 'a'), net.conv(net.input, 3, {}, 'b')], { axis: 1 });
    expect(memberIndices(named(groupsOf(net.classified(stacked)), 'a'))).toHaveProperty('b out');
  });

  it('[G5] a sum over a concatenation is two groups, one for each operand', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const joined = net.add('Concatenate', [net.conv(net.input, 3, {}, 'a'), net.conv(net.input, 2, {}, 'b')], { axis: -1 });
    const groups = groupsOf(net.classified(net.plus(joined, net.conv(net.input, 5, {}, 'whole'))));
    expect(memberIndices(named(groups, 'a'))).toMatchObject({ 'a out': each([0, 1, 2]), 'whole out': each([0, 1, 2]) });
    expect(memberIndices(named(groups, 'b'))).toMatchObject({ 'b out': each([0, 1]), 'whole out': each([3, 4]) });
  });

  it('[G6] output c·m + j of a depthwise convolution belongs to input channel c', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const config = { kernel_size: [3, 3], padding: 'same', use_bias: true, depth_multiplier: 2 };
    const depthwise = net.add('DepthwiseConv2D', [net.conv(net.input, 3, {}, 'conv')], config, 'depthwise');
    const group = named(groupsOf(net.classified(depthwise)), 'conv');
    expect(group.channels).toBe(3);
    expect(memberIndices(group)).toEqual({
      'conv out': each([0, 1, 2]),
      'depthwise depthwise': [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      'classifier in': [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    });
  });

  it('[G7] the same place in every group of a grouped convolution goes together', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const grouped = net.conv(net.conv(net.input, 4, {}, 'before'), 6, { groups: 2 }, 'grouped');
    const groups = groupsOf(net.classified(grouped));
    expect(memberIndices(named(groups, 'before'))['grouped in']).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(memberIndices(named(groups, 'grouped'))['grouped out']).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });

  it('[G8] behind a flatten, channel c has the places p·C + c', () => {
    const net = new TopologyBuilder([2, 1, 3]);
    const flat = net.add('Flatten', [net.conv(net.input, 3, {}, 'conv')]);
    const group = named(groupsOf(net.topology(net.dense(flat, 2, {}, 'dense'))), 'conv');
    expect(memberIndices(group)['dense in']).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });

  it('[G8] folding channels onto each other ties those that meet', () => {
    const net = new TopologyBuilder([2, 2, 3]);
    const folded = net.add('Reshape', [net.conv(net.input, 4, {}, 'conv')], { target_shape: [2, -1, 2] });
    expect(memberIndices(named(groupsOf(net.classified(folded)), 'conv'))['conv out']).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it.each([
    ['height and width', [2, 1, 3], null],
    ['axes of length one only', [1, 3, 2], 'there is only one channel'],
    ['channels to the front', [3, 1, 2], 'turned moves these channels to another axis'],
  ])('[G8] a permutation of %s', (_, dims, reason) => {
    const net = new TopologyBuilder([2, 2, 3]);
    const map = net.conv(net.input, 4, {}, 'map');
    const source = dims[1] === 3 ? net.add('GlobalMaxPooling2D', [map], { keepdims: true }) : map;
    const turned = net.add('Permute', [source], { dims }, 'turned');
    expect(named(groupsOf(net.topology(net.dense(net.add('Flatten', [turned]), 2))), 'map').reason).toBe(reason);
  });

  it('[G9] a zero-padded shortcut makes the early channels channels of the later stream, at the offset', () => {
    const groups = groupsOf(resNetTopology(1)).filter(({ prunable }) => prunable);
    expect(groups.map(({ id, channels }) => [id, channels])).toEqual([
      ['stem', 16],
      ['stage1_block1_conv1', 16],
      ['stage2_block1_conv1', 32],
      ['stage2_block1_conv2', 16],
      ['stage3_block1_conv1', 64],
      ['stage3_block1_conv2', 32],
    ]);
    const places = memberIndices(named(groups, 'stem'));
    expect(places['stage2_block1_conv2 out']).toEqual(each(range(8, 24)));
    expect(places['stage3_block1_conv2 out']).toEqual(each(range(24, 40)));
    expect(memberIndices(named(groups, 'stage2_block1_conv2'))['stage2_block1_conv2 out']).toEqual(
      each([...range(0, 8), ...range(24, 32)]),
    );
    expect(memberIndices(named(groups, 'stage3_block1_conv2'))['stage3_block1_conv2 out']).toEqual(
      each([...range(0, 16), ...range(48, 64)]),
    );
  });

  it('[G10] what the network gives out, shares by softmax or only pads must stay, and says why', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const shares = net.add('Softmax', [net.conv(net.input, 4, {}, 'attention')], { axis: -1 }, 'shares');
    const padded = net.add('ChannelPadding', [shares], { before: 0, after: 2 }, 'padding');
    const lifted = net.conv(padded, 5, { activation: 'sigmoid' }, 'lifted');
    const scaled = net.add('L2Normalization', [lifted], {}, 'scaled');
    const single = net.conv(scaled, 1, {}, 'single');
    const reasons = Object.fromEntries(groupsOf(net.classified(single)).map(({ id, reason }) => [id, reason]));
    expect(reasons).toEqual({
      input: 'they are the network’s input',
      attention: 'shares is a softmax over these channels',
      padding: 'no kernel makes these channels',
      lifted: 'scaled reads them all at once, after an activation that is not zero at zero',
      single: 'there is only one channel',
      classifier: 'they are the network’s output',
    });
  });

  it('[G10] a normalisation over channels that are zero when silent does not lock them', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const scaled = net.add('L2Normalization', [net.convBnRelu(net.input, 4, {}, 'conv')], {}, 'scaled');
    expect(named(groupsOf(net.classified(scaled)), 'conv')).toMatchObject({ prunable: true });
  });

  it('[G11] ids are unique and the same on every reading', () => {
    fc.assert(
      fc.property(randomTopology, (topology) => {
        const ids = groupsOf(topology).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(groupsOf(structuredClone(topology)).map(({ id }) => id)).toEqual(ids);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('[G12] a layer that is called twice has the same channels in both calls', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const shared = net.conv(net.conv(net.input, 4, {}, 'left'), 5, {}, 'shared');
    const again = net.again('shared', [net.conv(net.input, 4, {}, 'right')]);
    const groups = groupsOf(net.classified(net.add('Concatenate', [shared, again], { axis: -1 })));
    expect(memberIndices(named(groups, 'left'))).toEqual({
      'left out': each(range(0, 4)),
      'right out': each(range(0, 4)),
      'shared in': each(range(0, 4)),
    });
    expect(memberIndices(named(groups, 'shared'))['classifier in']).toEqual([0, 1, 2, 3, 4].map((channel) => [channel, channel + 5]));
  });

  it('[G14] a selected channel is the channel of the input, in all its places, and free of the output where it is not selected', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const conv = net.conv(net.input, 5, {}, 'conv');
    const picked = net.add('ChannelSelection', [conv], { channels: [4, 1, 4, 2] }, 'picked');
    const groups = groupsOf(net.topology(net.conv(picked, 2, {}, 'ofPicked'), net.conv(conv, 2, {}, 'ofAll')));
    expect(groups.filter(({ id }) => id.startsWith('conv')).map(memberIndices)).toEqual([
      { 'conv out': each([4]), 'ofAll in': each([4]), 'ofPicked in': [[0, 2]] },
      { 'conv out': each([1, 2]), 'ofAll in': each([1, 2]), 'ofPicked in': each([1, 3]) },
      { 'conv out': each([0, 3]), 'ofAll in': each([0, 3]) },
    ]);
  });

  it('[G14] the units of ShuffleNet V2: a channel belongs with those that pass by the same branches', () => {
    const net = new TopologyBuilder([8, 8, 3]);
    const unit = (at: string, name: string) => {
      const left = net.add('ChannelSelection', [at], { channels: [0, 1, 2, 3] }, `${name}_left`);
      const branch = net.convBnRelu(net.add('ChannelSelection', [at], { channels: [4, 5, 6, 7] }), 4, {}, `${name}_branch`);
      const joined = net.add('Concatenate', [left, branch], { axis: -1 });
      return net.add('ChannelSelection', [joined], { channels: [0, 4, 1, 5, 2, 6, 3, 7] });
    };
    const groups = groupsOf(net.classified(unit(unit(net.conv(net.input, 8, {}, 'stem'), 'first'), 'second')));
    expect(groups.map(({ id, channels, prunable }) => [id, channels, prunable])).toEqual([
      ['input', 3, false],
      // Channels 0 and 1 pass by both branches, 2 and 3 only by the first, 4 to 7 by none.
      ['stem', 2, true],
      ['stem:2', 2, true],
      ['stem:3', 4, true],
      ['first_branch', 2, true],
      ['first_branch:2', 2, true],
      ['second_branch', 4, true],
      ['classifier', 10, false],
    ]);
    expect(groups.slice(1, 4).map((group) => memberIndices(group)['stem out'])).toEqual([each([0, 1]), each([2, 3]), each([4, 5, 6, 7])]);
    expect(memberIndices(named(groups, 'stem'))['classifier in']).toEqual(each([0, 4]));
  });

  it.each([
    ['ResNet-20-B', 3, 12],
    ['ResNet-56-B', 9, 30],
    ['ResNet-110-B', 18, 57],
  ] as const)('[G13] %s has n·3 inner groups and 3 streams', (_, n, count) => {
    expect(groupsOf(resNetTopology(n, 'b')).filter(({ prunable }) => prunable)).toHaveLength(count);
  });
});
