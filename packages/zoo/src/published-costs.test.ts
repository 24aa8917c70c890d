import type { Topology } from '@espalier/core';
import { layerCosts, networkCost, readGraph } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import type { ZooRequest } from './zoo.ts';
import { buildZooTopology } from './zoo.ts';

interface PublishedCost {
  readonly name: string;
  readonly request?: ZooRequest;
  /** Learnable numbers, and those of them in batch normalisation. */
  readonly parameters: number;
  readonly normalisation: number;
  /** Multiply-accumulates of the convolutions, and with the dense layers. */
  readonly convolutions: number;
  readonly macs: number;
  /** The cost in the conventions of these names, where it is known from elsewhere. */
  readonly hrank?: number;
  readonly ptflops?: number;
}

const row = (
  name: string,
  request: ZooRequest,
  [parameters, normalisation, convolutions, macs, hrank, ptflops]: [number, number, number, number, number?, number?],
): PublishedCost => ({
  name,
  request,
  parameters,
  normalisation,
  convolutions,
  macs,
  ...(hrank !== undefined && { hrank }),
  ...(ptflops !== undefined && { ptflops }),
});

/** Exact integers, each counted apart from this code: by hooks on networks of another framework, written down a second time. */
const published: readonly PublishedCost[] = [
  row('resnet20', {}, [269_722, 1_376, 40_550_400, 40_551_040, 40_551_050, 41_120_394]),
  row('resnet32', {}, [464_154, 2_272, 68_861_952, 68_862_592, 68_862_602, 69_776_010]),
  row('resnet44', {}, [658_586, 3_168, 97_173_504, 97_174_144, 97_174_154, 98_431_626]),
  row('resnet56', {}, [853_018, 4_064, 125_485_056, 125_485_696, 125_485_706, 127_087_242]),
  row('resnet56', { classes: 100 }, [858_868, 4_064, 125_485_056, 125_491_456, 125_491_556, 127_093_092]),
  row('resnet110', {}, [1_727_962, 8_096, 252_887_040, 252_887_680, 252_887_690, 256_037_514]),
  row('resnet110', { classes: 100 }, [1_733_812, 8_096, 252_887_040, 252_893_440, 252_893_540, 256_043_364]),
  row('resnet20-b', {}, [272_474, 1_568, 40_812_544, 40_813_184]),
  row('resnet32-b', {}, [466_906, 2_464, 69_124_096, 69_124_736]),
  row('resnet56-b', {}, [855_770, 4_256, 125_747_200, 125_747_840]),
  row('resnet110-b', {}, [1_730_714, 8_288, 253_149_184, 253_149_824]),
  row('vgg16-cifar', {}, [14_991_946, 9_472, 313_196_544, 313_463_808, 313_464_330, 314_696_714]),
  row('vgg16-cifar-linear', {}, [14_728_266, 8_448, 313_196_544, 313_201_664, 313_201_674, 314_433_034]),
  row('vgg16-cifar-linear', { classes: 100 }, [14_774_436, 8_448, 313_196_544, 313_247_744]),
  row('vgg19-cifar', {}, [20_040_522, 11_008, 398_131_200, 398_136_320, 398_136_330]),
  row('vgg19-cifar', { classes: 100 }, [20_086_692, 11_008, 398_131_200, 398_182_400, 398_182_500, 399_520_356]),
  row('googlenet-cifar', {}, [6_166_250, 15_808, 1_521_745_920, 1_521_756_160, 1_521_756_170, 1_533_962_250]),
  row('googlenet-cifar', { classes: 100 }, [6_258_500, 15_808, 1_521_745_920, 1_521_848_320]),
  row('densenet40', {}, [1_059_298, 18_720, 282_912_768, 282_917_328, 282_917_338, 290_386_906]),
  row('densenet40', { classes: 100 }, [1_100_428, 18_720, 282_912_768, 282_958_368]),
  row('resnet18', {}, [11_689_512, 9_600, 1_813_561_344, 1_814_073_344, 1_814_074_344, 1_822_177_768]),
  row('resnet34', {}, [21_797_672, 17_024, 3_663_249_408, 3_663_761_408, 3_663_762_408, 3_675_629_032]),
  row('resnet50', {}, [25_557_032, 53_120, 4_087_136_256, 4_089_184_256, 4_089_185_256, 4_121_925_096]),
  row('resnet101', {}, [44_549_160, 105_344, 7_799_357_440, 7_801_405_440, 7_801_406_440]),
  row('mobilenet-v1', {}, [4_231_976, 21_888, 567_716_352, 568_740_352, 568_741_352, 583_919_592]),
  row('mobilenet-v2', {}, [3_504_872, 34_112, 299_494_272, 300_774_272, 300_775_272]),
  row('vgg16', {}, [138_365_992, 8_448, 15_346_630_656, 15_470_264_320, 15_470_273_512]),
  row('vgg16-plain', {}, [138_357_544, 0, 15_346_630_656, 15_470_264_320, 15_470_273_512]),
  row('vgg19', {}, [143_678_248, 11_008, 19_508_428_800, 19_632_062_464]),
  row('densenet121', {}, [7_978_856, 83_648, 2_833_137_664, 2_834_161_664]),
  row('googlenet', {}, [6_624_904, 14_560, 1_497_352_192, 1_498_376_192]),
  row('ssd300-vgg16', {}, [26_285_486, 0, 31_373_537_792, 31_373_537_792]),
  row('ssd300-vgg16', { classes: 91 }, [35_641_826, 0, 34_858_153_472, 34_858_153_472]),
];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the cost of a zoo network', () => {
  it.each(published)('is the published one, to the unit: $name $request', ({ name, request, ...of }) => {
    const graph = readGraph(buildZooTopology(name, request));
    const { parameters, normalisationParameters, macs } = networkCost(graph);
    const convolutions = layerCosts(graph).filter(({ type }) => type !== 'Dense');
    expect({
      parameters,
      normalisation: normalisationParameters,
      convolutions: sum(convolutions.map((layer) => layer.macs)),
      macs,
    }).toEqual({
      parameters: of.parameters,
      normalisation: of.normalisation,
      convolutions: of.convolutions,
      macs: of.macs,
    });
    if (of.hrank !== undefined) expect(networkCost(graph, 'hrank').cost).toBe(of.hrank);
    if (of.ptflops !== undefined) expect(networkCost(graph, 'ptflops').cost).toBe(of.ptflops);
  });
});

/** The same network without biases in its convolutions, as codes have it that leave them to the normalisation. */
function withoutConvolutionBias(topology: Topology): Topology {
  const layers = topology.config.layers.map((layer) =>
    layer.class_name === 'Conv2D' ? { ...layer, config: { ...layer.config, use_bias: false } } : layer,
  );
  return { ...topology, config: { ...topology.config, layers } };
}

it('of VGG-16 without biases in its convolutions is less by one parameter a filter, and no MAC', () => {
  const { parameters, normalisationParameters, macs } = networkCost(
    readGraph(withoutConvolutionBias(buildZooTopology('vgg16-cifar-linear'))),
  );
  expect([parameters, normalisationParameters, macs]).toEqual([14_724_042, 8_448, 313_201_664]);
});

const graphOf = (name: string, request: ZooRequest = {}) => readGraph(buildZooTopology(name, request));

/** VGG-16 as the codes of ACP and ABCPruner have it: the last pooling is an average over 2 × 2, and nothing is left to average after it. */
function withAverageAtTheEnd(topology: Topology): Topology {
  const types: Readonly<Record<string, string>> = { block5_pool: 'AveragePooling2D', pool: 'Flatten' };
  const layers = topology.config.layers.map((layer) => ({ ...layer, class_name: types[layer.name] ?? layer.class_name }));
  return { ...topology, config: { ...topology.config, layers } };
}

describe('the baselines that papers print', () => {
  it.each([
    ['ResNet-56, 125.49 M / 0.85 M', 'resnet56', 125_485_706, 848_954],
    ['ResNet-110, 252.89 M / 1.72 M', 'resnet110', 252_887_690, 1_719_866],
    ['GoogLeNet, 1.52 B / 6.15 M', 'googlenet-cifar', 1_521_756_170, 6_150_442],
    ['DenseNet-40, 282.92 M / 1.04 M', 'densenet40', 282_917_338, 1_040_578],
    ['VGG-16, 313.46 M / 14.98 M', 'vgg16-cifar', 313_464_330, 14_982_474],
    ['ResNet-50, 4.09 B / 25.50 M', 'resnet50', 4_089_185_256, 25_503_912],
  ])('are, in the convention hrank, %s', (_, name, cost, parameters) => {
    expect(networkCost(graphOf(name), 'hrank')).toMatchObject({ cost, parameters });
  });

  it.each([
    ['ResNet-56, 127.62 M', readGraph(buildZooTopology('resnet56')), 127_619_712],
    ['VGG-16, 314.59 M', readGraph(withAverageAtTheEnd(buildZooTopology('vgg16-cifar-linear'))), 314_585_088],
  ])('are, in the convention old-thop, %s', (_, graph, cost) => {
    expect(networkCost(graph, 'old-thop').cost).toBe(cost);
  });

  it.each([
    ['ResNet-18, 1819.87 M', 'resnet18', 1_819_868_672],
    ['ResNet-34, 3672.07 M', 'resnet34', 3_672_065_536],
    ['ResNet-50, 4112.32 M', 'resnet50', 4_112_315_392],
  ])('are, in the convention ptflops without rectifiers (called as functions, they were not seen) and biases, %s', (_, name, cost) => {
    const graph = graphOf(name);
    const counted = layerCosts(graph, 'ptflops').map(({ type, cost, macs }) =>
      type === 'Activation' ? 0 : type === 'Dense' ? macs : cost,
    );
    expect(sum(counted)).toBe(cost);
  });

  it('is, for ResNet-50 with two operations for each normalised element, 4.11 B', () => {
    const counted = layerCosts(graphOf('resnet50'), 'ptflops').map(({ type, cost, macs }) => (type === 'BatchNormalization' ? cost : macs));
    expect(sum(counted)).toBe(4_111_412_224);
  });
});

describe('the parts of SSD300', () => {
  const backboneOf = (classes: number, count: 'parameters' | 'macs') => {
    const layers = layerCosts(graphOf('ssd300-vgg16', { classes }));
    const heads = sum(layers.filter(({ layer }) => layer.startsWith('head')).map((layer) => layer[count]));
    return { heads, backbone: sum(layers.map((layer) => layer[count])) - heads };
  };

  it.each([
    [21, 3_341_550],
    [91, 12_697_890],
  ])('with %i classes are a backbone of 22 943 936 parameters with its scale of 512, and heads of %i', (classes, heads) => {
    expect(backboneOf(classes, 'parameters')).toEqual({ heads, backbone: 22_943_936 });
    const scale = layerCosts(graphOf('ssd300-vgg16', { classes })).find(({ type }) => type === 'L2Normalization')!;
    expect(scale.parameters).toBe(512);
  });

  it('spend 30 129 032 192 MACs before the heads', () => {
    expect(backboneOf(21, 'macs').backbone).toBe(30_129_032_192);
  });

  it.each([
    [21, 25_499_836],
    [91, 26_111_076],
  ])('add with %i classes %i convolution biases', (classes, biases) => {
    const graph = graphOf('ssd300-vgg16', { classes });
    // Nothing else that old-thop counts besides MACs is in this network.
    expect(networkCost(graph, 'old-thop').cost - networkCost(graph).macs).toBe(biases);
  });

  it('predict from maps of the published sizes, for 8732 boxes', () => {
    const { nodes, outputs } = graphOf('ssd300-vgg16');
    const sources = nodes.filter(({ layer }) => /^head\d_boxes$/.test(layer)).map(({ inputShapes }) => inputShapes[0]!);
    expect(sources.map(([height, width, channels]) => [channels, height, width])).toEqual([
      [512, 38, 38],
      [1024, 19, 19],
      [512, 10, 10],
      [256, 5, 5],
      [256, 3, 3],
      [256, 1, 1],
    ]);
    expect(outputs.map((output) => nodes[output]!.outputShape)).toEqual([
      [8732, 21],
      [8732, 4],
    ]);
  });
});
