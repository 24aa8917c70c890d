import { checkWeights, dependencyGroups, networkCost, readGraph } from '@espalier/network';
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
  ['vgg16-cifar', {}, 14_991_946, 9_472, 313_463_808],
  ['vgg16-cifar-linear', {}, 14_728_266, 8_448, 313_201_664],
  ['vgg16-cifar-linear', { classes: 100 }, 14_774_436, 8_448, 313_247_744],
  ['vgg19-cifar', {}, 20_040_522, 11_008, 398_136_320],
  ['vgg19-cifar', { classes: 100 }, 20_086_692, 11_008, 398_182_400],
  ['googlenet-cifar', {}, 6_166_250, 15_808, 1_521_756_160],
  ['googlenet-cifar', { classes: 100 }, 6_258_500, 15_808, 1_521_848_320],
  ['densenet40', {}, 1_059_298, 18_720, 282_917_328],
  ['densenet40', { classes: 100 }, 1_100_428, 18_720, 282_958_368],
  ['resnet18', {}, 11_689_512, 9_600, 1_814_073_344],
  ['resnet34', {}, 21_797_672, 17_024, 3_663_761_408],
  ['resnet50', {}, 25_557_032, 53_120, 4_089_184_256],
  ['resnet101', {}, 44_549_160, 105_344, 7_801_405_440],
  ['mobilenet-v1', {}, 4_231_976, 21_888, 568_740_352],
  ['mobilenet-v1', { widthMultiplier: 0.75 }, 2_585_560, 16_416, 325_400_448],
  ['mobilenet-v1', { widthMultiplier: 0.5 }, 1_331_592, 10_944, 149_497_088],
  ['mobilenet-v1', { widthMultiplier: 0.25 }, 470_072, 5_472, 41_030_272],
  ['mobilenet-v2', {}, 3_504_872, 34_112, 300_774_272],
  ['vgg16', {}, 138_365_992, 8_448, 15_470_264_320],
  ['vgg16-plain', {}, 138_357_544, 0, 15_470_264_320],
  ['vgg19', {}, 143_678_248, 11_008, 19_632_062_464],
  ['densenet121', {}, 7_978_856, 83_648, 2_834_161_664],
  ['googlenet', {}, 6_624_904, 14_560, 1_498_376_192],
  ['ssd300-vgg16', {}, 26_285_486, 0, 31_373_537_792],
  ['ssd300-vgg16', { classes: 91 }, 35_641_826, 0, 34_858_153_472],
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
    ['vgg16-cifar', 'hrank', 313_464_330],
    ['vgg16-cifar', 'ptflops', 314_696_714],
    ['vgg16-cifar-linear', 'hrank', 313_201_674],
    ['vgg16-cifar-linear', 'ptflops', 314_433_034],
    ['googlenet-cifar', 'hrank', 1_521_756_170],
    ['googlenet-cifar', 'ptflops', 1_533_962_250],
    ['densenet40', 'hrank', 282_917_338],
    ['densenet40', 'ptflops', 290_386_906],
    ['resnet18', 'hrank', 1_814_074_344],
    ['resnet18', 'ptflops', 1_822_177_768],
    ['resnet34', 'ptflops', 3_675_629_032],
    ['resnet50', 'hrank', 4_089_185_256],
    ['resnet50', 'ptflops', 4_121_925_096],
    ['mobilenet-v1', 'ptflops', 583_919_592],
    ['vgg19-cifar', 'hrank', 398_136_330],
    ['googlenet', 'hrank', 1_498_377_192],
    ['vgg16', 'hrank', 15_470_273_512],
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

describe('the dependency groups of the zoo', () => {
  const prunable = (name: string) => dependencyGroups(readGraph(buildZooTopology(name))).filter((group) => group.prunable);

  it.each([
    ['vgg16-cifar', 14],
    ['resnet20-b', 12],
    ['resnet56-b', 30],
    ['resnet110-b', 57],
    ['resnet20', 12],
    ['googlenet-cifar', 64],
    ['densenet40', 39],
    ['resnet18', 12],
    ['resnet34', 20],
    ['resnet50', 37],
    ['mobilenet-v1', 14],
    ['mobilenet-v2', 25],
  ])('%s has %i that can be pruned', (name, count) => {
    expect(prunable(name)).toHaveLength(count);
  });

  it('never include the heads of a detector', () => {
    const members = prunable('ssd300-vgg16').flatMap((group) => group.members);
    expect(members.filter(({ layer, role }) => role === 'out' && layer.startsWith('head'))).toEqual([]);
  });
});

describe('every architecture', () => {
  it.each(zoo.map((entry) => [entry.name, entry] as const))('%s can be built at its least side, with one class', (name, entry) => {
    const inputShape = [entry.smallestSide, entry.smallestSide, 1] as const;
    const { nodes, outputs } = readGraph(buildZooTopology(name, { inputShape, classes: 1 }));
    expect(nodes[outputs[0]!]!.outputShape.at(-1)).toBe(1);
  });

  it.each(zoo.map(({ name }) => name))('%s names its layers without slashes', (name) => {
    for (const layer of buildZooTopology(name).config.layers) expect(layer.name).toMatch(/^[a-z][a-z0-9_]*$/);
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
