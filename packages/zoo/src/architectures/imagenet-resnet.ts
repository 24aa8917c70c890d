import type { Topology } from '@espalier/core';
import { type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { convBn, convBnRelu } from './units.ts';

type Block = (net: TopologyBuilder, input: Stream, name: string, width: number, strides: number) => Stream;

/** Two 3 × 3 convolutions; the stride in the first. */
const basic: Block = (net, input, name, width, strides) =>
  joined(net, input, name, strides, convBn(net, convBnRelu(net, input, `${name}_1`, width, { strides }), `${name}_2`, width));

/**
 * 1 × 1 down to `width`, 3 × 3, 1 × 1 up to 4 · width. The stride sits in the 3 × 3 convolution, where later implementations moved it from the
 * paper's first 1 × 1 convolution ("ResNet v1.5").
 */
const bottleneck: Block = (net, input, name, width, strides) => {
  const narrow = convBnRelu(net, input, `${name}_1`, width, { size: 1 });
  const inner = convBnRelu(net, narrow, `${name}_2`, width, { strides });
  return joined(net, input, name, strides, convBn(net, inner, `${name}_3`, 4 * width, { size: 1 }));
};

/** Adds the shortcut, projected where the shape changes (option B). */
function joined(net: TopologyBuilder, input: Stream, name: string, strides: number, residual: Stream): Stream {
  const changes = strides > 1 || input.channels !== residual.channels;
  const shortcut = changes ? convBn(net, input, `${name}_shortcut`, residual.channels, { size: 1, strides }) : input;
  return net.relu(net.add([residual, shortcut], `${name}_add`), `${name}_relu`);
}

/** He et al. 2016, table 1: a 7 × 7 stem with stride 2, a 3 × 3 maximum pooling, four stages, logits. */
function imageNetResNet(
  name: string,
  block: Block,
  blocksPerStage: readonly number[],
  { inputShape, classes }: ArchitectureRequest,
): Topology {
  const net = new TopologyBuilder(name, inputShape);
  let stream = net.maxPool(convBnRelu(net, net.input, 'stem', 64, { size: 7, strides: 2 }), 'stem_pool', 3, 2);
  blocksPerStage.forEach((blocks, stage) => {
    for (let index = 1; index <= blocks; index++)
      stream = block(net, stream, `stage${stage + 1}_block${index}`, 64 * 2 ** stage, stage > 0 && index === 1 ? 2 : 1);
  });
  return net.build(net.dense(net.globalAveragePool(stream, 'pool'), 'classifier', classes));
}

const entry = (depth: number, block: Block, blocksPerStage: readonly number[]): ZooEntry => ({
  name: `resnet${depth}`,
  title: `ResNet-${depth}`,
  paper: 'He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016',
  task: 'classification',
  inputShape: [224, 224, 3],
  classes: 1000,
  smallestSide: 32,
  build: (request) => imageNetResNet(`resnet${depth}`, block, blocksPerStage, request),
});

export const imageNetResNets: readonly ZooEntry[] = [
  entry(18, basic, [2, 2, 2, 2]),
  entry(34, basic, [3, 4, 6, 3]),
  entry(50, bottleneck, [3, 4, 6, 3]),
  entry(101, bottleneck, [3, 4, 23, 3]),
];
