import type { Topology } from '@espalier/core';
import { type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';

/** `a`: every second pixel, zeros for the missing channels, no parameters. `b`: a 1 × 1 convolution with stride 2 and batch normalisation. */
export type Shortcut = 'a' | 'b';

const stageWidths = [16, 32, 64] as const;

/**
 * The CIFAR ResNet with 6n + 2 layers (He et al. 2016, "Deep residual learning for image recognition", §4.2): a 3 × 3 stem and three stages
 * of n basic blocks with 16, 32 and 64 channels, each later stage at half the resolution. The last layer gives logits.
 */
export function cifarResNet(name: string, depth: number, shortcut: Shortcut, { inputShape, classes }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder(name, inputShape);
  const blocksPerStage = (depth - 2) / 6;
  let stream = convolved(net, net.input, 'stem', '', stageWidths[0], 1);
  stageWidths.forEach((width, stage) => {
    for (let block = 1; block <= blocksPerStage; block++)
      stream = basicBlock(net, stream, `stage${stage + 1}_block${block}`, width, shortcut);
  });
  return net.build(net.dense(net.globalAveragePool(stream, 'pool'), 'classifier', classes));
}

/** conv – BN – ReLU – conv – BN, added to the shortcut, then ReLU. The stride sits in the first convolution of a stage. */
function basicBlock(net: TopologyBuilder, input: Stream, name: string, width: number, shortcut: Shortcut): Stream {
  const grows = input.channels !== width;
  const inner = convolved(net, input, name, '1', width, grows ? 2 : 1);
  const residual = net.batchNormalisation(net.conv(inner, `${name}_conv2`, width), `${name}_bn2`);
  const passed = grows ? shortcuts[shortcut](net, input, `${name}_shortcut`, width) : input;
  return net.relu(net.add([residual, passed], `${name}_add`), `${name}_relu2`);
}

function convolved(net: TopologyBuilder, input: Stream, name: string, number: string, width: number, strides: number): Stream {
  const normalised = net.batchNormalisation(net.conv(input, `${name}_conv${number}`, width, { strides }), `${name}_bn${number}`);
  return net.relu(normalised, `${name}_relu${number}`);
}

const shortcuts: Readonly<Record<Shortcut, (net: TopologyBuilder, input: Stream, name: string, width: number) => Stream>> = {
  a: (net, input, name, width) => {
    const missing = width - input.channels;
    const before = Math.floor(missing / 2);
    return net.channelPadding(net.averagePool(input, `${name}_pick`, 1, 2), `${name}_pad`, before, missing - before);
  },
  b: (net, input, name, width) => net.batchNormalisation(net.conv(input, `${name}_conv`, width, { size: 1, strides: 2 }), `${name}_bn`),
};

const entry = (depth: number, shortcut: Shortcut): ZooEntry => {
  const name = shortcut === 'a' ? `resnet${depth}` : `resnet${depth}-b`;
  return {
    name,
    title: `ResNet-${depth} for CIFAR, ${shortcut === 'a' ? 'padded shortcuts (A)' : 'projected shortcuts (B)'}`,
    paper: 'He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016',
    task: 'classification',
    inputShape: [32, 32, 3],
    classes: 10,
    smallestSide: 4,
    build: (request) => cifarResNet(name, depth, shortcut, request),
  };
};

export const cifarResNets: readonly ZooEntry[] = (['a', 'b'] as const).flatMap((shortcut) =>
  [20, 32, 44, 56, 110].map((depth) => entry(depth, shortcut)),
);
