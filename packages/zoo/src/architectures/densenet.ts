import type { Topology } from '@espalier/core';
import { type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { bnReluConv, convBnRelu } from './units.ts';

interface DenseNetShape {
  readonly layersPerBlock: readonly number[];
  /** k of the paper: the channels that each layer adds. */
  readonly growth: number;
  /** Whether a 1 × 1 convolution to 4k channels comes before each 3 × 3 one (DenseNet-B). */
  readonly bottleneck: boolean;
  /** θ of the paper: the share of channels that a transition passes on (below 1: DenseNet-C). */
  readonly compression: number;
}

/** Layers that each read all channels before them, their own added at the end (Huang et al. 2017, eq. 2). */
function denseBlock(net: TopologyBuilder, input: Stream, name: string, layers: number, { growth, bottleneck }: DenseNetShape): Stream {
  let stream = input;
  for (let index = 1; index <= layers; index++) {
    const layer = `${name}_layer${index}`;
    const narrowed = bottleneck ? bnReluConv(net, stream, `${layer}_reduce`, 4 * growth, { size: 1 }) : stream;
    stream = net.concatenate([stream, bnReluConv(net, narrowed, layer, growth)], `${layer}_concat`);
  }
  return stream;
}

function denseNet(net: TopologyBuilder, stem: Stream, shape: DenseNetShape, classes: number): Topology {
  const { layersPerBlock, compression } = shape;
  let stream = stem;
  layersPerBlock.forEach((layers, index) => {
    stream = denseBlock(net, stream, `block${index + 1}`, layers, shape);
    if (index === layersPerBlock.length - 1) return;
    const transition = `transition${index + 1}`;
    const passed = bnReluConv(net, stream, transition, Math.floor(stream.channels * compression), { size: 1 });
    stream = net.averagePool(passed, `${transition}_pool`, 2, 2);
  });
  const features = net.relu(net.batchNormalisation(stream, 'final_bn'), 'final_relu');
  return net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', classes));
}

function denseNet40({ inputShape, classes }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder('densenet40', inputShape);
  const shape: DenseNetShape = { layersPerBlock: [12, 12, 12], growth: 12, bottleneck: false, compression: 1 };
  return denseNet(net, net.conv(net.input, 'stem_conv', 24), shape, classes);
}

function denseNet121({ inputShape, classes }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder('densenet121', inputShape);
  const shape: DenseNetShape = { layersPerBlock: [6, 12, 24, 16], growth: 32, bottleneck: true, compression: 0.5 };
  const stem = convBnRelu(net, net.input, 'stem', 64, { size: 7, strides: 2 });
  return denseNet(net, net.maxPool(stem, 'stem_pool', 3, 2), shape, classes);
}

const paper = 'Huang, Liu, van der Maaten, Weinberger: Densely connected convolutional networks. CVPR 2017';

export const denseNets: readonly ZooEntry[] = [
  {
    name: 'densenet40',
    title: 'DenseNet-40 for CIFAR (k = 12)',
    paper,
    task: 'classification',
    inputShape: [32, 32, 3],
    classes: 10,
    smallestSide: 4,
    build: denseNet40,
  },
  {
    name: 'densenet121',
    title: 'DenseNet-121',
    paper,
    task: 'classification',
    inputShape: [224, 224, 3],
    classes: 1000,
    smallestSide: 32,
    build: denseNet121,
  },
];
