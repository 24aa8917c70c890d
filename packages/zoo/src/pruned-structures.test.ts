import type { Topology } from '@espalier/core';
import {
  costAfter,
  cutTopology,
  dependencyGroups,
  type DependencyGroup,
  type Graph,
  keptChannels,
  layerCosts,
  networkCost,
  readGraph,
} from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { buildZooTopology } from './zoo.ts';

/** Cost of a zoo network in which `widthOf` says how many channels of each prunable group stay. */
function costAt(topology: Topology, widthOf: (group: DependencyGroup) => number) {
  const graph = readGraph(topology);
  const groups = dependencyGroups(graph);
  const widths = Object.fromEntries(groups.filter(({ prunable }) => prunable).map((group) => [group.id, widthOf(group)]));
  return costAfter(graph, groups, widths);
}

/** Whether a group lives inside one block of a ResNet: everything that is not added to a residual stream. */
const isInner = ({ members }: DependencyGroup) =>
  members.filter(({ role }) => role === 'out').length === 1 && isInsideBlock(members[0]!.layer);
const isInsideBlock = (layer: string) => /_block\d+_(conv1|1_conv|2_conv)$/.test(layer);

const scaled =
  (ratio: number, applies: (group: DependencyGroup) => boolean = () => true) =>
  (group: DependencyGroup) =>
    applies(group) ? Math.trunc(ratio * group.channels) : group.channels;

/** The convolutions of a VGG in their order; its other groups stay whole. */
function inOrder(widths: readonly number[], applies: (group: DependencyGroup) => boolean = () => true) {
  let next = 0;
  return (group: DependencyGroup) => (applies(group) ? widths[next++]! : group.channels);
}

const isConvolution = ({ id }: DependencyGroup) => id !== 'hidden';

const icp56 = [10, 9, 9, 6, 10, 12, 12, 5, 10, 8, 19, 12, 10, 9, 11, 7, 10, 13, 13, 29, 17, 14, 19, 10, 17, 19, 20];
const icp110 = [
  [1, 3, 3, 7, 6, 8, 2, 7, 9, 6, 6, 6, 10, 6, 8, 7, 11, 16],
  [8, 10, 20, 8, 9, 8, 7, 13, 8, 5, 7, 3, 7, 5, 8, 2, 4, 8],
  [9, 13, 9, 18, 5, 8, 8, 11, 12, 8, 14, 16, 6, 13, 8, 12, 11, 7],
].flat();
const icpVgg19 = [45, 37, 110, 24, 113, 16, 51, 23, 96, 108, 72, 238, 47, 211, 151, 44];

describe('the cost of a narrowed network', () => {
  it.each<[string, string, object, (group: DependencyGroup) => number, number, number]>([
    ['ResNet-20, inner widths halved', 'resnet20', {}, scaled(0.5, isInner), 135_754, 20_497_024],
    ['ResNet-56, inner widths halved', 'resnet56', {}, scaled(0.5, isInner), 428_074, 62_964_352],
    ['ResNet-56, inner widths 11, 22, 44', 'resnet56', {}, scaled(0.7, isInner), 587_428, 86_409_856],
    ['ResNet-110, inner widths halved', 'resnet110', {}, scaled(0.5, isInner), 866_554, 126_665_344],
    ['VGG-16, all convolutions halved', 'vgg16-cifar-linear', {}, scaled(0.5), 3_686_954, 78_744_064],
    ['VGG-16 with a hidden layer, all convolutions halved', 'vgg16-cifar', {}, scaled(0.5, isConvolution), 3_822_122, 78_877_696],
    ['ResNet-18, every width halved', 'resnet18', {}, scaled(0.5), 3_055_880, 483_149_824],
    ['ResNet-34, every width halved', 'resnet34', {}, scaled(0.5), 5_584_776, 945_571_840],
    ['ResNet-50, every width halved', 'resnet50', {}, scaled(0.5), 6_917_640, 1_052_311_552],
    ['ResNet-18, inner widths × 0.5', 'resnet18', {}, scaled(0.5, isInner), 6_194_856, 975_933_440],
    ['ResNet-18, inner widths × 0.7', 'resnet18', {}, scaled(0.7, isInner), 8_380_384, 1_302_880_256],
    ['ResNet-34, inner widths × 0.5', 'resnet34', {}, scaled(0.5, isInner), 11_250_792, 1_900_777_472],
    ['ResNet-50, inner widths × 0.3', 'resnet50', {}, scaled(0.3, isInner), 8_665_318, 1_166_283_835],
    ['ResNet-50, inner widths × 0.5', 'resnet50', {}, scaled(0.5, isInner), 12_381_864, 1_822_031_872],
    ['ResNet-50, inner widths × 0.7', 'resnet50', {}, scaled(0.7, isInner), 16_945_246, 2_601_392_356],
    ['ResNet-50, inner widths × 0.8', 'resnet50', {}, scaled(0.8, isInner), 19_555_494, 3_058_395_707],
    [
      'MobileNetV1 with the widths of AMC',
      'mobilenet-v1',
      {},
      inOrder([24, 48, 96, 80, 192, 200, 328, 352, 368, 360, 328, 400, 736, 752]),
      2_408_232,
      293_870_000,
    ],
    ['ResNet-56 with the inner widths of ICP', 'resnet56', {}, inOrder(icp56, isInner), 261_858, 50_633_344],
    ['the same for 100 classes', 'resnet56', { classes: 100 }, inOrder(icp56, isInner), 267_708, 50_639_104],
    ['ResNet-110 with the inner widths of ICP', 'resnet110', {}, inOrder(icp110, isInner), 334_654, 70_466_176],
    [
      'VGG-16 with the widths of ICP',
      'vgg16-cifar-linear',
      {},
      inOrder([64, 64, 128, 128, 256, 256, 256, 493, 208, 512, 138, 323, 361]),
      6_851_246,
      247_138_462,
    ],
    [
      'VGG-16 for 100 classes with the widths of ICP',
      'vgg16-cifar-linear',
      { classes: 100 },
      inOrder([64, 64, 128, 128, 256, 256, 256, 493, 208, 512, 138, 323, 361]),
      6_883_826,
      247_170_952,
    ],
    ['VGG-19 with the widths of ICP', 'vgg19-cifar', {}, inOrder(icpVgg19), 1_013_643, 43_342_424],
    ['the same for 100 classes', 'vgg19-cifar', { classes: 100 }, inOrder(icpVgg19), 1_017_693, 43_346_384],
    [
      'VGG-16 with the widths of ACP',
      'vgg16-cifar-linear',
      {},
      inOrder([61, 53, 118, 111, 247, 207, 254, 496, 459, 512, 274, 467, 280]),
      10_287_413,
      250_729_768,
    ],
    [
      'SSD300 with conv4_3 halved',
      'ssd300-vgg16',
      {},
      (group) => (group.id === 'conv4_3' ? 256 : group.channels),
      23_695_278,
      28_911_575_552,
    ],
  ])('%s is exact', (_, name, request, widthOf, parameters, macs) => {
    expect(costAt(buildZooTopology(name, request), widthOf)).toEqual({ parameters, macs });
  });
});

describe('a network that is built narrow', () => {
  it.each([
    [0.75, 2_585_560, 325_400_448],
    [0.5, 1_331_592, 149_497_088],
    [0.25, 470_072, 41_030_272],
  ])('MobileNetV1 × %f is exact, and equal to the wide one cut to it', (widthMultiplier, parameters, macs) => {
    expect(networkCost(readGraph(buildZooTopology('mobilenet-v1', { widthMultiplier })))).toMatchObject({ parameters, macs });
    expect(costAt(buildZooTopology('mobilenet-v1'), scaled(widthMultiplier))).toEqual({ parameters, macs });
  });

  it('ResNet-18 cut to half its widths has the very cost that Torch-Pruning prints: 487 202 536', () => {
    const graph = readGraph(buildZooTopology('resnet18'));
    const halves = dependencyGroups(graph).filter(({ prunable }) => prunable);
    const keep = Object.fromEntries(halves.map(({ id, channels }) => [id, Array.from({ length: channels / 2 }, (_, channel) => channel)]));
    const cut = readGraph(cutTopology(graph, keptChannels(graph, { keep })));
    expect(networkCost(cut, 'ptflops')).toMatchObject({ parameters: 3_055_880, cost: 487_202_536 });
  });
});

describe('a channel of a map that SSD300 predicts from', () => {
  it.each([
    ['conv4_3', 4],
    ['conv7', 6],
    ['conv8_2', 6],
    ['conv9_2', 6],
    ['conv10_2', 4],
    ['conv11_2', 4],
  ])('takes, at %s, 9 · %i · (4 + classes) weights of the heads with it', (id, boxes) => {
    const graph = readGraph(buildZooTopology('ssd300-vgg16'));
    const group = dependencyGroups(graph).find((candidate) => candidate.id === id)!;
    const keep = { [id]: Array.from({ length: group.channels - 1 }, (_, channel) => channel) };
    const headParameters = (of: Graph) =>
      layerCosts(of).reduce((total, { layer, parameters }) => total + (layer.startsWith('head') ? parameters : 0), 0);
    const cut = readGraph(cutTopology(graph, keptChannels(graph, { keep })));
    expect(headParameters(graph) - headParameters(cut)).toBe(9 * boxes * (4 + 21));
  });
});
