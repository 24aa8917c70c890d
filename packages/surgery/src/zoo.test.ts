import { costAfter, cutTopology, dependencyGroups, diff, inspect, keptChannels, networkCost, readGraph } from '@espalier/network';
import { randomPlan } from '@espalier/network/testing';
import { buildZooTopology, zoo } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../test/evaluate.ts';
import { randomImage, randomNetwork } from '../test/random-network.ts';
import { largestDifference } from '../test/tensor.ts';
import { mask, prune } from './prune.ts';

/** The smallest picture that the architecture takes, so that plain loops in double precision are quick enough. */
const small = ({ name, inputShape, smallestSide, fixedSide }: (typeof zoo)[number]) =>
  buildZooTopology(name, { classes: 10, inputShape: fixedSide === true ? inputShape : [smallestSide, smallestSide, 3] });

/** 31 billion multiply-accumulates an image are too many for plain loops; its parts (heads, scaled norm, dilation) are in the random networks. */
const computable = zoo.filter(({ name }) => name !== 'ssd300-vgg16');

describe.each(zoo)('$name', (entry) => {
  const topology = buildZooTopology(entry.name);

  it('[I1] is understood whole, and only its input and outputs are locked', () => {
    const { groups, unsupported } = inspect(topology);
    expect(unsupported).toEqual([]);
    expect(new Set(groups.map(({ reason }) => reason))).toEqual(
      new Set([null, 'they are the network’s input', 'they are the network’s output']),
    );
  });

  it('[S1] costs what was predicted, and differs from itself in every group, when cut to half', () => {
    const graph = readGraph(topology);
    const groups = dependencyGroups(graph);
    const halves = groups
      .filter(({ prunable }) => prunable)
      .map(({ id, channels }) => [id, Array.from({ length: channels >> 1 }, (_, channel) => 2 * channel)]);
    const keep = Object.fromEntries(halves) as Record<string, number[]>;
    const widths = Object.fromEntries(Object.entries(keep).map(([id, channels]) => [id, channels.length]));
    const cut = cutTopology(graph, keptChannels(graph, { keep }));
    const { parameters, macs } = networkCost(readGraph(cut));
    expect(costAfter(graph, groups, widths)).toEqual({ parameters, macs });
    expect(diff(topology, cut).groups.map(({ group }) => group.before)).toEqual(Object.keys(keep));
  });
});

describe('a cut zoo network', () => {
  it.each(computable)('[S1] computes what the masked one computes: $name', (entry) => {
    const topology = small(entry);
    const network = randomNetwork(topology, 11);
    const plan = randomPlan(dependencyGroups(readGraph(topology)), 11);
    const image = randomImage(topology, 11);
    const expected = evaluate(mask(network, plan), image);
    const scale = Math.max(1, ...expected.flatMap(({ values }) => Array.from(values, Math.abs)));
    expect(largestDifference(evaluate(prune(network, plan), image), expected) / scale).toBeLessThanOrEqual(1e-12);
  });
});
