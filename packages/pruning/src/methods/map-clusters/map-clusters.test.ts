import { dependencyGroups, readGraph, uniformWidths } from '@espalier/network';
import { buildZooNetwork, buildZooTopology, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { madeUpStatistics } from '../../../test/made-up-statistics.ts';
import { channelChooser } from '../../chooser.ts';
import { observe } from '../../observation/observation.ts';
import type { LayerStatistic } from '../../observation/statistics.ts';
import { planPruning } from '../../plan.ts';
import { particleSwarm } from '../../search/index.ts';
import { widthBudget } from '../../selection/budget.ts';
import { AcpSettingsSchema } from '../acp/index.ts';
import { acpSwarm } from '../acp/swarm.ts';
import { clusteredWidth, clustersOfWidth, isInScope, mapGroup } from './clusters.ts';

/** One convolution whose channels have these mean maps, and a second one that reads it. */
function oneGroup(maps: readonly (readonly number[])[]) {
  const net = new TopologyBuilder('maps', [1, maps[0]!.length, 1]);
  const features = net.conv(net.input, 'conv', maps.length, { size: 1 });
  const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
  const statistic: LayerStatistic = {
    layer: 'conv',
    channels: maps.length,
    length: maps[0]!.length,
    values: Float64Array.from(maps.flat()),
  };
  return { network, statistics: new Map([['conv', statistic]]) };
}

function observedGroup(maps: readonly (readonly number[])[]) {
  const { network, statistics } = oneGroup(maps);
  const graph = readGraph(network.topology);
  return observe(network, graph, dependencyGroups(graph), statistics).groups[0]!;
}

const plan = (name: 'acp' | 'icp', maps: readonly (readonly number[])[], settings: Record<string, unknown>, keep = 1) =>
  planPruning({
    ...oneGroup(maps),
    networkDigest: 'e'.repeat(64),
    method: { name, settings },
    target: { measure: 'macs', reductionRatio: 1 - (keep + 0.5) / maps.length },
    seed: 1,
    round: 1,
  });

/** methods.md §2.7. */
const nine = [
  [1, 0],
  [0.999, 0.01],
  [1, 0.02],
  [0.98, 0.03],
  [1.01, -0.01],
  [0, 1],
  [0.01, 1],
  [0.5, 0.5],
  [-1, 0],
];

describe('the width that clustering leaves', () => {
  it.each([
    [0.002, 5, 5],
    [0.002, 2, 4],
    [0.3, 2, 2],
    [2, 5, 1],
  ])('of the nine maps of the notes at ε %f and %i points is %i', (epsilon, minimumPoints, width) => {
    expect(clusteredWidth(mapGroup(observedGroup(nine)), epsilon, minimumPoints)).toBe(width);
    const { plan: made } = plan('acp', nine, { epsilon, minimumPoints });
    expect(made.keep['conv']).toHaveLength(width);
  });

  it('of fewer channels than make a core is all of them', () => {
    expect(clusteredWidth(mapGroup(observedGroup(nine.slice(0, 4))), 2, 5)).toBe(4);
  });

  it('does not count channels whose map is zero, and keeps one where all are', () => {
    expect(clusteredWidth(mapGroup(observedGroup([[0, 0], ...nine])), 0.002, 5)).toBe(5);
    expect(
      clusteredWidth(
        mapGroup(
          observedGroup([
            [0, 0],
            [0, 0],
          ]),
        ),
        0.002,
        5,
      ),
    ).toBe(1);
  });

  it('asked for by its number is that of the largest ε which leaves as many', () => {
    const group = mapGroup(observedGroup(nine));
    const { epsilon, clusters } = clustersOfWidth(group, 4, 2);
    expect(clusters.clusterCount + clusters.noiseCount).toBe(4);
    expect(clusteredWidth(group, epsilon * 1.001, 2)).toBeLessThan(4);
  });
});

describe('maps of a single number', () => {
  /** A hidden dense layer of eight units behind a convolution of eight channels, whose maps come in two directions. */
  function hiddenUnits() {
    const net = new TopologyBuilder('hidden', [1, 2, 1]);
    const features = net.relu(net.conv(net.input, 'conv', 8, { size: 1 }), 'relu');
    const hidden = net.dense(net.flatten(features, 'flatten', 2), 'hidden', 8);
    const network = initialiseWeights(net.build(net.dense(net.relu(hidden, 'hidden_relu'), 'classifier', 2)), 1);
    const statistics = new Map<string, LayerStatistic>([
      [
        'conv',
        { layer: 'conv', channels: 8, length: 2, values: Float64Array.from({ length: 16 }, (_, place) => (place % 4 < 2 ? 1 : place)) },
      ],
      ['hidden', { layer: 'hidden', channels: 8, length: 1, values: Float64Array.of(1, 2, 3, 4, -1, -2, -3, -4) }],
    ]);
    return { network, statistics };
  }
  const cut = (settings: Record<string, unknown>) =>
    planPruning({
      ...hiddenUnits(),
      networkDigest: 'e'.repeat(64),
      method: { name: 'icp', settings: { minimumPoints: 2, ...settings } },
      target: { measure: 'parameters', reductionRatio: 0.5 },
      seed: 1,
      round: 1,
    }).plan;

  it('have no direction to be clustered by: their group gets its uniform width, and the heaviest filters stay', () => {
    const { network } = hiddenUnits();
    const graph = readGraph(network.topology);
    const uniform = uniformWidths(graph, dependencyGroups(graph), { measure: 'parameters', reductionRatio: 0.5 }).widths['hidden']!;
    expect(uniform).toBeGreaterThan(2);
    const made = cut({});
    expect(made.keep['hidden']).toHaveLength(uniform);
    const { values } = network.weights.find(({ name }) => name === 'hidden/kernel')!;
    const norms = Array.from({ length: 8 }, (_, unit) =>
      values.reduce((sum, value, place) => sum + (place % 8 === unit ? Math.abs(value) : 0), 0),
    );
    const heaviest = norms.map((_, unit) => unit).sort((a, b) => norms[b]! - norms[a]!);
    expect(made.keep['hidden']).toEqual(heaviest.slice(0, uniform).sort((a, b) => a - b));
    expect(made.clusters!['hidden']).toBeUndefined();
  });

  it('leave their group whole where ε is set by hand, as in the papers', () => {
    const made = cut({ epsilon: 0.05 });
    expect(made.keep['hidden']).toHaveLength(8);
    expect(made.keep['conv']!.length).toBeLessThan(8);
  });

  it('are no gene of the swarm then either', () => {
    const { network, statistics } = hiddenUnits();
    const graph = readGraph(network.topology);
    const groups = dependencyGroups(graph);
    const target = { measure: 'parameters' as const, reductionRatio: 0.5 };
    const budget = widthBudget(graph, groups, uniformWidths(graph, groups, target), { target });
    const genesAt = (epsilon: number | null) =>
      acpSwarm(observe(network, graph, groups, statistics), AcpSettingsSchema.parse({ epsilon, minimumPoints: 2 }), budget).groups;
    expect(genesAt(0.05)).toEqual(['conv']);
    expect(genesAt(null)).toEqual(['conv', 'hidden']);
  });
});

describe('who stays', () => {
  it('is the medoid of each cluster and every channel that is alike to no other', () => {
    const { plan: made } = plan('acp', nine, { epsilon: 0.002, minimumPoints: 2 });
    expect(made.clusters!['conv']).toEqual([0, 0, 0, 0, 0, 1, 1, -1, -1]);
    // Of the first five the directions are 0°, .57°, 1.15°, 1.75° and −.57°: the second is the most central. The pair is as near to each other.
    expect(made.keep['conv']).toEqual([1, 5, 7, 8]);
    expect(made.provenance).toMatchObject({ clustering: { conv: { epsilon: 0.002, minimumPoints: 2, clusters: 2, noise: 2 } } });
  });

  it('by L1 norm is whoever has the heaviest filters, whatever the clusters', () => {
    const { network } = oneGroup(nine);
    const norms = [...network.weights.find(({ name }) => name === 'conv/kernel')!.values].map(Math.abs);
    const heaviest = norms.map((_, channel) => channel).sort((a, b) => norms[b]! - norms[a]!);
    const { plan: made } = plan('icp', nine, { epsilon: 0.002, minimumPoints: 2, survivors: 'l1' });
    expect(made.keep['conv']).toEqual(heaviest.slice(0, 4).sort((a, b) => a - b));
  });

  it('at random is so many, the same for the same seed', () => {
    const settings = { epsilon: 0.002, minimumPoints: 2, survivors: 'random' };
    expect(plan('acp', nine, settings).plan.keep['conv']).toHaveLength(4);
    expect(plan('acp', nine, settings).plan).toEqual(plan('acp', nine, settings).plan);
  });

  it('is no channel with a zero map while there are others', () => {
    const { plan: made } = plan('acp', [[0, 0], ...nine], { epsilon: 0.002, minimumPoints: 2 });
    expect(made.keep['conv']).toEqual([2, 6, 8, 9]);
    expect(made.clusters!['conv']![0]).toBe(-2);
  });
});

describe('ε', () => {
  it('set by hand decides the widths, and the plan says what was reached beside what was asked', () => {
    const { reachedRatio, plan: made } = plan('acp', nine, { epsilon: 0.002, minimumPoints: 2 }, 1);
    expect(made.provenance).toMatchObject({ target: { measure: 'macs' } });
    expect(reachedRatio).toBeCloseTo(5 / 9, 1);
  });

  it('too small to cluster anything is refused', () => {
    expect(() => plan('acp', nine, { epsilon: 1e-9 })).toThrow(expect.objectContaining({ code: 'NOTHING_PRUNED' }));
  });

  it('found for the target meets it, narrowly', () => {
    const maps = Array.from({ length: 32 }, (_, channel) => [Math.cos(channel ** 1.7 / 200), Math.sin(channel ** 1.7 / 200)]);
    for (const keep of [4, 9, 16, 25]) expect(plan('acp', maps, { minimumPoints: 2 }, keep).plan.keep['conv']).toHaveLength(keep);
  });

  it('leaves as many as the target allows where maps alike at any ε alone are too many', () => {
    const alike = Array.from({ length: 16 }, (_, channel) => (channel < 12 ? [1, 2] : [channel, 40 - channel ** 2]));
    expect(clusteredWidth(mapGroup(observedGroup(alike)), 1e-6, 2)).toBe(5);
    for (const keep of [4, 5, 11, 15]) expect(plan('acp', alike, { minimumPoints: 2 }, keep).plan.keep['conv']).toHaveLength(keep);
    expect(
      plan(
        'acp',
        alike.map(() => [0, 0]),
        {},
        11,
      ).plan.keep['conv'],
    ).toHaveLength(11);
  });

  it('is refused a target that clustering cannot reach, with what it can', () => {
    expect(() => plan('acp', nine.slice(0, 4), {})).toThrow(
      expect.objectContaining({ code: 'TARGET_OUT_OF_REACH', hint: expect.stringContaining('at most 0 %') }),
    );
  });
});

describe('the scope `inner`', () => {
  const network = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 1] });
  const statistics = madeUpStatistics(network, 'acp')!;

  it('leaves residual streams whole', () => {
    const { plan: made } = planPruning({
      network,
      statistics,
      networkDigest: 'e'.repeat(64),
      method: { name: 'acp', settings: { scope: 'inner' } },
      target: { measure: 'macs', reductionRatio: 0.4 },
      seed: 1,
      round: 1,
    });
    const groups = dependencyGroups(readGraph(network.topology)).filter(({ prunable }) => prunable);
    for (const { id, channels, members } of groups) {
      const makers = members.filter(({ role }) => role === 'out').length;
      if (makers > 1) expect(made.keep[id]).toHaveLength(channels);
    }
    expect(Object.values(made.keep).filter((keep) => keep.length < 16).length).toBeGreaterThan(2);
  });

  // methods.md §2.1: what the authors' code cuts of each network. Of ResNet-50 it has one width for both layers of a block.
  it.each([
    ['vgg16-cifar-linear', 13],
    ['resnet56', 27],
    ['resnet110', 54],
    ['googlenet-cifar', 27],
    ['resnet18', 8],
    ['resnet34', 16],
    ['resnet50', 32],
    ['densenet40', 0],
  ])('of %s are %i groups: neither what is summed or concatenated, nor what several layers read', (name, count) => {
    const topology = buildZooTopology(name);
    const graph = readGraph(topology);
    const { groups } = observe({ topology, weights: [] }, graph, dependencyGroups(graph));
    expect(groups.filter((group) => isInScope(graph, group, { scope: 'inner' }))).toHaveLength(count);
  });
});

describe('a width from elsewhere', () => {
  it('is kept also where the group is out of scope', () => {
    const network = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 1] });
    const choose = channelChooser({
      network,
      method: { name: 'acp', settings: { scope: 'inner' } },
      seed: 1,
      statistics: madeUpStatistics(network, 'acp')!,
    });
    expect(choose('stem_conv', 5)).toHaveLength(5);
  });
});

describe('ACP’s swarm', () => {
  const network = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 1] });
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph);
  const target = { measure: 'macs' as const, reductionRatio: 0.5 };
  const budget = widthBudget(graph, groups, uniformWidths(graph, groups, target), { target });
  const observation = observe(network, graph, groups, madeUpStatistics(network, 'acp')!);

  it('starts from the clustered widths, and every particle stands for widths that spend what the target allows', () => {
    const swarm = acpSwarm(observation, AcpSettingsSchema.parse({}), budget);
    let state = particleSwarm.start(swarm.settings, 5);
    const first = swarm.widthsOf(state.particles[0]!.position);
    swarm.groups.forEach((group, gene) => expect(first[group]).toBeGreaterThanOrEqual(swarm.settings.start![gene]!));
    for (let open = particleSwarm.candidates(state); open.length > 0; open = particleSwarm.candidates(state)) {
      for (const particle of open) {
        const widths = swarm.widthsOf(particle);
        expect(budget.isMet(widths)).toBe(true);
        // Whatever can have a channel more would spend too much by it.
        for (const group of observation.groups.filter(({ id, channels }) => widths[id]! < channels))
          expect(budget.isMet({ ...widths, [group.id]: widths[group.id]! + 1 })).toBe(false);
        expect(budget.reachedRatio(widths)).toBeLessThan(0.51);
      }
      state = particleSwarm.tell(
        state,
        open.map((genome) => ({ genome, fitness: genome.reduce((sum, width) => sum + width, 0) })),
      );
    }
  });

  it('is refused before it begins where ε clusters nothing', () => {
    expect(() => acpSwarm(observation, AcpSettingsSchema.parse({ epsilon: 1e-9 }), budget)).toThrow(
      expect.objectContaining({ code: 'NOTHING_PRUNED' }),
    );
  });

  it('with ε set by hand has no other bound on cost, as in the paper', () => {
    const swarm = acpSwarm(observation, AcpSettingsSchema.parse({ epsilon: 0.5 }), budget);
    const whole = swarm.settings.ranges.map(({ most }) => most);
    expect(Object.values(swarm.widthsOf(whole))).toEqual(whole);
  });
});
