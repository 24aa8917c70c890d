import { readGraph, networkCost, checkWeights } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { buildZooNetwork, buildZooTopology, zoo } from './zoo.ts';

/** Parameters, those of them in batch normalisation, and multiply-accumulates: exact integers, counted apart from this code. */
const published = [
  ['resnet20', {}, 269_722, 1_376, 40_551_040],
  ['resnet32', {}, 464_154, 2_272, 68_862_592],
  ['resnet44', {}, 658_586, 3_168, 97_174_144],
  ['resnet56', {}, 853_018, 4_064, 125_485_696],
  ['resnet56', { classes: 100 }, 858_868, 4_064, 125_491_456],
  ['resnet110', {}, 1_727_962, 8_096, 252_887_680],
  ['resnet110', { classes: 100 }, 1_733_812, 8_096, 252_893_440],
  ['resnet20-b', {}, 272_474, 1_568, 40_813_184],
  ['resnet32-b', {}, 466_906, 2_464, 69_124_736],
  ['resnet56-b', {}, 855_770, 4_256, 125_747_840],
  ['resnet110-b', {}, 1_730_714, 8_288, 253_149_824],
] as const;

describe('the zoo', () => {
  it.each(published)(
    '%s %o has the published parameters and MACs, to the unit',
    (name, request, parameters, normalisationParameters, macs) => {
      expect(networkCost(readGraph(buildZooTopology(name, request)))).toMatchObject({ parameters, normalisationParameters, macs });
    },
  );

  it.each([
    ['resnet20', 'ptflops', 41_120_394],
    ['resnet32', 'ptflops', 69_776_010],
    ['resnet44', 'ptflops', 98_431_626],
    ['resnet56', 'ptflops', 127_087_242],
    ['resnet110', 'ptflops', 256_037_514],
    ['resnet56', 'hrank', 125_485_706],
    ['resnet56', 'old-thop', 127_619_712],
  ] as const)('%s costs the published number in the convention %s', (name, convention, cost) => {
    expect(networkCost(readGraph(buildZooTopology(name)), convention).cost).toBe(cost);
  });

  it('names every architecture once', () => {
    expect(new Set(zoo.map(({ name }) => name)).size).toBe(zoo.length);
  });

  it.each(['resnet20', 'resnet20-b'])('gives %s for another input and other classes', (name) => {
    const { nodes, outputs } = readGraph(buildZooTopology(name, { inputShape: [28, 28, 1], classes: 7 }));
    expect(nodes[outputs[0]!]!.outputShape).toEqual([7]);
  });

  it('refuses an unknown name with the names there are', () => {
    expect(() => buildZooTopology('resnet21')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', hint: expect.stringContaining('resnet20,') }),
    );
  });

  it.each([
    [{ inputShape: [2, 32, 3] }, 'resnet20 needs at least 4 × 4 pixels, but got 2 × 32'],
    [{ inputShape: [32, 32, 0] }, 'resnet20 needs [height, width, channels], but got [32, 32, 0]'],
    [{ classes: 0 }, 'resnet20 needs a whole number of classes of at least 1, but got 0'],
    [{ widthMultiplier: 0.5 }, "the widths of resnet20 can't be scaled"],
  ] as const)('refuses %o', (request, message) => {
    expect(() => buildZooTopology('resnet20', request)).toThrow(expect.objectContaining({ code: 'BAD_INPUT', message }));
  });
});

describe('freshly drawn weights', () => {
  const network = buildZooNetwork('resnet20', { seed: 3 });
  const values = (name: string, from = network) => from.weights.find((weight) => weight.name === name)!.values;
  const deviation = (numbers: Float32Array) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);

  it('are those the topology asks for', () => {
    expect(() => checkWeights(readGraph(network.topology), network.weights)).not.toThrow();
  });

  it('are the same for the same seed and others for another', () => {
    const name = 'stage2_block1_conv1/kernel';
    expect(values(name, buildZooNetwork('resnet20', { seed: 3 }))).toEqual(values(name));
    expect(values(name, buildZooNetwork('resnet20', { seed: 4 }))).not.toEqual(values(name));
  });

  it('depend on nothing but the seed and the layer', () => {
    const deeper = buildZooNetwork('resnet32', { seed: 3 });
    expect(values('stage1_block2_conv1/kernel', deeper)).toEqual(values('stage1_block2_conv1/kernel'));
  });

  it('spread as He et al. and Glorot say', () => {
    expect(deviation(values('stage3_block2_conv1/kernel'))).toBeCloseTo(Math.sqrt(2 / (9 * 64)), 3);
    const limit = Math.sqrt(6 / 74);
    expect(Math.max(...values('classifier/kernel').map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(deviation(values('classifier/kernel'))).toBeCloseTo(limit / Math.sqrt(3), 2);
  });

  it('leave a normalisation doing nothing', () => {
    for (const [role, value] of [
      ['gamma', 1],
      ['beta', 0],
      ['moving_mean', 0],
      ['moving_variance', 1],
    ] as const)
      expect(new Set(values(`stem_bn/${role}`))).toEqual(new Set([value]));
  });
});
