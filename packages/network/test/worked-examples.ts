import type { NetworkCost, Topology } from '@espalier/core';
import { TopologyBuilder } from './builder.ts';

export interface WorkedExample {
  readonly name: string;
  readonly topology: Topology;
  readonly full: NetworkCost;
  /** What is removed, by group, and what is left. */
  readonly cuts: readonly { readonly removed: Readonly<Record<string, readonly number[]>>; readonly left: NetworkCost }[];
}

const cost = (parameters: number, macs: number): NetworkCost => ({ parameters, macs });
const places = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

function chain(): Topology {
  const net = new TopologyBuilder([8, 8, 3]);
  const first = net.convBnRelu(net.input, 8, { use_bias: true }, 'conv1');
  const second = net.convBnRelu(first, 16, { strides: 2 }, 'conv2');
  return net.topology(net.dense(net.add('Flatten', [second]), 10));
}

function depthwise(): Topology {
  const net = new TopologyBuilder([16, 16, 3]);
  const first = net.bn(net.conv(net.input, 16, { strides: 2 }, 'conv0'));
  const middle = net.bn(net.add('DepthwiseConv2D', [first], { kernel_size: [3, 3], padding: 'same', use_bias: false }, 'depthwise'));
  return net.classified(net.bn(net.conv(middle, 32, { kernel_size: [1, 1] }, 'pointwise')));
}

function grouped(): Topology {
  const net = new TopologyBuilder([8, 8, 3]);
  const first = net.bn(net.conv(net.input, 8, {}, 'conv0'));
  return net.classified(net.bn(net.conv(first, 16, { groups: 4 }, 'grouped')));
}

function concatenated(): Topology {
  const net = new TopologyBuilder([8, 8, 3]);
  const branches = [net.conv(net.input, 8, {}, 'a'), net.conv(net.input, 12, { kernel_size: [1, 1] }, 'b')];
  const joined = net.bn(net.add('Concatenate', branches, { axis: -1 }), 'joined');
  return net.classified(net.conv(joined, 16, {}, 'last'));
}

function residual(): Topology {
  const net = new TopologyBuilder([8, 8, 3]);
  let stream = net.convBnRelu(net.input, 16, {}, 'stem');
  for (const block of ['block1', 'block2']) {
    const inner = net.convBnRelu(stream, 16, {}, `${block}_conv1`);
    stream = net.relu(net.plus(net.bn(net.conv(inner, 16, {}, `${block}_conv2`)), stream));
  }
  return net.classified(stream);
}

/**
 * Small networks whose costs before and after a cut were worked out by hand: all 3 × 3 with padding 1 unless said, parameters with γ and β.
 * Channels of a grouped convolution's side are counted per position in a group (rule G7).
 */
export const workedExamples: readonly WorkedExample[] = [
  {
    name: 'conv – BN – ReLU – conv – BN – flatten – dense',
    topology: chain(),
    full: cost(3_994, 34_816),
    cuts: [
      { removed: { conv1: [1, 5] }, left: cost(3_646, 26_752) },
      { removed: { conv1: [1, 5], conv2: [0, 3, 7] }, left: cost(2_998, 23_680) },
    ],
  },
  {
    name: 'depthwise',
    topology: depthwise(),
    full: cost(1_546, 69_952),
    cuts: [
      { removed: { conv0: [2, 3, 11, 15] }, left: cost(1_258, 52_544) },
      { removed: { conv0: [2, 3, 11, 15], pointwise: places(0, 8) }, left: cost(1_066, 46_320) },
    ],
  },
  {
    name: 'grouped convolution',
    topology: grouped(),
    full: cost(722, 32_416),
    cuts: [
      { removed: { conv0: [1] }, left: cost(462, 16_288) },
      { removed: { conv0: [1], grouped: [0, 2] }, left: cost(294, 11_600) },
    ],
  },
  {
    name: 'concatenation',
    topology: concatenated(),
    full: cost(3_342, 200_608),
    cuts: [{ removed: { a: [1, 2, 6], b: [0, 5, 11] }, left: cost(2_376, 139_552) }],
  },
  {
    name: 'residual stream',
    topology: residual(),
    full: cost(9_978, 617_632),
    cuts: [
      { removed: { block1_conv1: places(10, 16), block2_conv1: places(7, 16) }, left: cost(5_628, 341_152) },
      { removed: { stem: [0, 5, 6, 15] }, left: cost(7_502, 463_224) },
      { removed: { stem: [0, 5, 6, 15], block1_conv1: places(10, 16), block2_conv1: places(7, 16) }, left: cost(4_232, 255_864) },
    ],
  },
];
