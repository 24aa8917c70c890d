import type { MethodChoice, NetworkData } from '@espalier/core';
import { networkCost, PruningPlanSchema, readGraph } from '@espalier/network';
import { prune } from '@espalier/surgery';
import { buildZooNetwork, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { madeUpStatistics } from '../test/made-up-statistics.ts';
import { catalogue, completeMethodChoice } from './catalogue.ts';
import { collectorFor } from './collect.ts';
import { methods } from './methods/index.ts';
import { planPruning, type PlanRequest } from './plan.ts';

const resnet20 = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 1] });
const half: PlanRequest = {
  network: resnet20,
  networkDigest: 'a'.repeat(64),
  method: { name: 'exp', settings: {} },
  target: { measure: 'macs', reductionRatio: 0.5 },
  seed: 7,
  round: 1,
};

const withWeights = (change: (values: Float32Array, name: string) => Float32Array): NetworkData => ({
  ...resnet20,
  weights: resnet20.weights.map((weight) => ({ ...weight, values: change(weight.values, weight.name) })),
});

describe('a pruning plan', () => {
  it.each(methods.map(({ name }) => name))('by %s meets its target, and the cut network costs what was predicted', (name) => {
    const statistics = madeUpStatistics(resnet20, name);
    const { plan, before, predicted, reachedRatio } = planPruning({ ...half, method: { name, settings: {} }, statistics });
    const { parameters, macs } = networkCost(readGraph(prune(resnet20, plan).topology));
    expect({ parameters, macs }).toEqual(predicted);
    expect(reachedRatio).toBeCloseTo(1 - macs / before.macs, 12);
    expect(reachedRatio).toBeGreaterThanOrEqual(0.5);
    expect(reachedRatio).toBeLessThan(0.56);
  });

  it.each(methods.filter(({ collect }) => collect !== null).map(({ name }) => name))('by %s needs a dataset', (name) => {
    expect(() => planPruning({ ...half, method: { name, settings: {} } })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', path: ['dataset'] }),
    );
  });

  it.each(methods.map(({ name }) => name))('by %s survives a least width, a multiple and a target of almost everything', (name) => {
    const statistics = madeUpStatistics(resnet20, name);
    const method = { name, settings: {} };
    const narrow = planPruning({ ...half, method, statistics, target: { measure: 'parameters', reductionRatio: 0.97 } });
    expect(narrow.reachedRatio).toBeGreaterThanOrEqual(0.97);
    const { plan } = planPruning({ ...half, method, statistics, minimumChannels: 8, channelMultiple: 4 });
    for (const keep of Object.values(plan.keep)) expect([keep.length % 4, Math.min(8, keep.length)]).toEqual([0, 8]);
  });

  it.each(['icp', 'exp'])('by %s of a later round that finds no group left to cut is refused as nothing to prune', (name) => {
    const net = new TopologyBuilder('narrow', [8, 8, 1]);
    const features = net.relu(net.conv(net.input, 'conv', 1), 'relu');
    const narrow = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
    const method = { name, settings: {} };
    expect(collectorFor({ network: narrow, method })).toBeNull();
    const request = { ...half, network: narrow, method };
    expect(() => planPruning({ ...request, round: 2 })).toThrow(expect.objectContaining({ code: 'NOTHING_PRUNED', path: ['rounds'] }));
    expect(() => planPruning(request)).toThrow(expect.objectContaining({ code: 'TARGET_OUT_OF_REACH' }));
  });

  it('takes widths that were found elsewhere', () => {
    const { plan, reachedRatio } = planPruning({ ...half, method: { name: 'apssf', settings: {} }, widths: { stem_conv: 12 } });
    expect(plan.keep['stem_conv']).toHaveLength(12);
    expect(Object.values(plan.keep).filter((keep) => keep.length % 16 !== 0)).toHaveLength(1);
    expect(reachedRatio).toBeLessThan(0.5);
  });

  it('survives being written down as JSON', () => {
    const { plan } = planPruning(half);
    expect(PruningPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it('is the same for the same request', () => {
    expect(planPruning(half)).toEqual(planPruning(half));
  });

  it.each([{ seed: 8 }, { round: 2 }])('has the same widths and other channels for another %o', (change) => {
    const first = planPruning(half);
    const second = planPruning({ ...half, ...change });
    expect(second.predicted).toEqual(first.predicted);
    expect(second.plan.keep).not.toEqual(first.plan.keep);
  });

  it('says of every group what becomes of it', () => {
    const { groups, plan } = planPruning(half);
    for (const { group, before, after, reason } of groups) {
      expect(after).toBe(plan.keep[group]?.length ?? before);
      if (reason !== null) expect(after).toBe(before);
    }
    expect(groups.filter(({ reason }) => reason === null)).toHaveLength(12);
  });

  it('gives a score and a cluster to every channel, and says how it came about', () => {
    const { plan } = planPruning(half);
    expect(plan.scores!['stem_conv']).toHaveLength(16);
    expect(plan.clusters!['stem_conv']).toHaveLength(16);
    expect(plan.provenance).toEqual({
      method: 'exp',
      settings: { levels: 13, scale: 'largest-magnitude', bias: true, sampling: 'uniform' },
      seed: 7,
      round: 1,
      target: { measure: 'macs', reductionRatio: 0.5 },
      keepRatio: expect.any(Number),
      clustering: expect.objectContaining({ stem_conv: { algorithm: 'similarity index', levels: 13, scale: 'largest-magnitude' } }),
    });
  });

  it('respects least widths and multiples', () => {
    const { plan } = planPruning({ ...half, minimumChannels: 8, channelMultiple: 4 });
    for (const keep of Object.values(plan.keep)) {
      expect(keep.length % 4).toBe(0);
      expect(keep.length).toBeGreaterThanOrEqual(8);
    }
  });

  it('refuses a target out of reach, with what can be reached', () => {
    expect(() => planPruning({ ...half, target: { measure: 'macs', reductionRatio: 0.9999 } })).toThrow(
      expect.objectContaining({ code: 'TARGET_OUT_OF_REACH', hint: expect.stringContaining('Ask for at most') }),
    );
  });

  it.each(methods.map(({ name }) => name))('by %s of a network of zeros is a plan like any other', (name) => {
    const zeros = withWeights((values) => new Float32Array(values.length));
    const statistics = madeUpStatistics(zeros, name);
    const { reachedRatio, plan } = planPruning({ ...half, network: zeros, statistics, method: { name, settings: {} } });
    expect(reachedRatio).toBeGreaterThanOrEqual(0.5);
    expect(PruningPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it.each(methods.map(({ name }) => name))('by %s of a network whose weights are all the same is a plan like any other', (name) => {
    const constant = withWeights((values) => new Float32Array(values.length).fill(0.25));
    const statistics = madeUpStatistics(constant, name);
    expect(planPruning({ ...half, network: constant, statistics, method: { name, settings: {} } }).reachedRatio).toBeGreaterThanOrEqual(
      0.5,
    );
  });

  it.each(['mcicp', 'apssf', 'exp', 'l1', 'l2', 'fpgm', 'lamp', 'group-norm'])('by %s refuses weights that are not finite', (name) => {
    const broken = withWeights((values, weight) =>
      weight === 'stage2_block1_conv1/kernel' ? values.map((value, place) => (place === 7 ? Number.NaN : value)) : values,
    );
    // The kernel is [3, 3, 16, 32]: its eighth number reads channel 0 and makes channel 7. The group norm comes to it as a reader first.
    const named = name === 'group-norm' ? /stage2_block1_conv1: the weights that read channel 0 / : /stage2_block1_conv1.* channel 7 /;
    expect(() => planPruning({ ...half, network: broken, method: { name, settings: {} } })).toThrow(
      expect.objectContaining({ code: 'BAD_NETWORK', message: expect.stringMatching(named) }),
    );
  });

  it.each([
    ['slimming', {}],
    ['exp', { sampling: 'bn-weighted' }],
    ['group-norm', {}],
  ])('by %s refuses a γ that is not finite', (name, settings) => {
    const broken = withWeights((values, weight) =>
      weight === 'stage2_block1_bn1/gamma' ? values.map((value, place) => (place === 7 ? Number.NaN : value)) : values,
    );
    expect(() => planPruning({ ...half, network: broken, method: { name, settings } })).toThrow(
      expect.objectContaining({ code: 'BAD_NETWORK', message: 'layer stage2_block1_bn1: γ of channel 7 is not finite' }),
    );
  });

  it('by EXP with BN-weighted chances keeps the channels with large γ', () => {
    const net = new TopologyBuilder('one', [8, 8, 1]);
    const features = net.relu(net.batchNormalisation(net.conv(net.input, 'conv', 4), 'bn'), 'relu');
    const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 3)), 1);
    const values = (name: string) => network.weights.find((weight) => weight.name === name)!.values;
    values('conv/kernel').fill(0.5);
    values('bn/gamma').set([1e-9, 1, 1e-9, -1]);
    const method = { name: 'exp', settings: { sampling: 'bn-weighted' } };
    expect(planPruning({ ...half, network, method }).plan.keep['conv']).toEqual([1, 3]);
  });
});

describe('the choice of a method', () => {
  it('is written out with its defaults', () => {
    expect(completeMethodChoice({ name: 'exp', settings: { levels: 5 } })).toEqual({
      name: 'exp',
      settings: { levels: 5, scale: 'largest-magnitude', bias: true, sampling: 'uniform' },
    });
  });

  it.each<[string, MethodChoice, readonly string[]]>([
    ['an unknown method', { name: 'magic', settings: {} }, ['method', 'name']],
    ['a setting out of range', { name: 'exp', settings: { levels: 0 } }, ['method', 'settings', 'levels']],
    ['a setting that there is not', { name: 'l1', settings: { levels: 13 } }, ['method', 'settings']],
  ])('is refused for %s', (_, choice, path) => {
    expect(() => completeMethodChoice(choice)).toThrow(expect.objectContaining({ code: 'BAD_RECIPE', path }));
  });
});

describe('the catalogue', () => {
  it('is plain JSON with a name for each method', () => {
    expect(JSON.parse(JSON.stringify(catalogue))).toEqual(catalogue);
    expect(catalogue.map(({ name }) => name)).toEqual(methods.map(({ name }) => name));
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  });

  it.each(catalogue)('$name has a preset as in its paper and a recommended one', ({ presets, defaults }) => {
    expect(Object.keys(presets)).toEqual(expect.arrayContaining(['paper', 'recommended']));
    expect(presets['recommended']).toEqual(defaults);
  });

  it.each(catalogue)('says what every setting of $name means', ({ settings }) => {
    const { properties } = settings as { properties: Record<string, { description?: string }> };
    for (const [setting, { description }] of Object.entries(properties)) expect(description, setting).toMatch(/.{10}/);
  });

  it('shows settings with their defaults and presets', () => {
    const exp = catalogue.find(({ name }) => name === 'exp');
    expect(exp!.settings).toMatchObject({ type: 'object', properties: { levels: { type: 'integer', default: 13 } } });
    expect(exp!.presets['paper']).toEqual({ levels: 13, scale: 'signed-maximum', bias: false, sampling: 'uniform' });
  });
});
