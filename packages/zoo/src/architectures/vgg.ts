import type { Topology } from '@espalier/core';
import { type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { convBnRelu } from './units.ts';

const blockWidths = [64, 128, 256, 512, 512] as const;
const convolutionsPerBlock = { 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] } as const;
type Depth = keyof typeof convolutionsPerBlock;

/**
 * What follows the last pooling: `linear` a global average and one dense layer, `hidden` a flattening and a dense layer of 512 before it,
 * `imagenet` a flattening and two dense layers of 4096 before it.
 */
type Head = 'linear' | 'hidden' | 'imagenet';

/**
 * VGG (Simonyan and Zisserman 2015, table 1, D and E): five blocks of 3 × 3 convolutions with bias, each closed by a 2 × 2 maximum pooling. With
 * batch normalisation behind every convolution, as everybody trains it since, unless `normalised` is false. Gives logits.
 */
export function vgg(
  name: string,
  depth: Depth,
  { head, normalised }: { head: Head; normalised: boolean },
  { inputShape, classes }: ArchitectureRequest,
): Topology {
  const net = new TopologyBuilder(name, inputShape);
  let [height, width] = inputShape;
  let stream = net.input;
  blockWidths.forEach((filters, index) => {
    const block = `block${index + 1}`;
    for (let layer = 1; layer <= convolutionsPerBlock[depth][index]!; layer++)
      stream = convolved(net, stream, `${block}_layer${layer}`, filters, normalised);
    stream = net.maxPool(stream, `${block}_pool`, 2, 2);
    height = Math.ceil(height / 2);
    width = Math.ceil(width / 2);
  });
  return net.build(net.dense(heads[head](net, stream, height * width), 'classifier', classes));
}

const convolved = (net: TopologyBuilder, input: Stream, name: string, filters: number, normalised: boolean): Stream =>
  normalised
    ? convBnRelu(net, input, name, filters, { bias: true })
    : net.relu(net.conv(input, `${name}_conv`, filters, { bias: true }), `${name}_relu`);

const heads: Readonly<Record<Head, (net: TopologyBuilder, features: Stream, positions: number) => Stream>> = {
  linear: (net, features) => net.globalAveragePool(features, 'pool'),
  hidden: (net, features, positions) => {
    const hidden = net.dense(net.flatten(features, 'flatten', positions), 'hidden', 512);
    return net.relu(net.batchNormalisation(hidden, 'hidden_bn'), 'hidden_relu');
  },
  imagenet: (net, features, positions) => {
    const hidden = (input: Stream, name: string) =>
      net.dropout(net.relu(net.dense(input, name, 4096), `${name}_relu`), `${name}_dropout`, 0.5);
    return hidden(hidden(net.flatten(features, 'flatten', positions), 'hidden1'), 'hidden2');
  },
};

const paper = 'Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition. ICLR 2015';

const forCifar = (name: string, depth: Depth, head: Head, headText: string): ZooEntry => ({
  name,
  title: `VGG-${depth} for CIFAR with batch normalisation, ${headText}`,
  paper,
  task: 'classification',
  inputShape: [32, 32, 3],
  classes: 10,
  smallestSide: 8,
  build: (request) => vgg(name, depth, { head, normalised: true }, request),
});

const forImageNet = (name: string, depth: Depth, normalised: boolean): ZooEntry => ({
  name,
  title: `VGG-${depth} ${normalised ? 'with' : 'without'} batch normalisation`,
  paper,
  task: 'classification',
  inputShape: [224, 224, 3],
  classes: 1000,
  smallestSide: 32,
  build: (request) => vgg(name, depth, { head: 'imagenet', normalised }, request),
});

export const vggs: readonly ZooEntry[] = [
  forCifar('vgg16-cifar', 16, 'hidden', 'head with a hidden layer of 512'),
  forCifar('vgg16-cifar-linear', 16, 'linear', 'linear head'),
  forCifar('vgg19-cifar', 19, 'linear', 'linear head'),
  forImageNet('vgg16', 16, true),
  forImageNet('vgg16-plain', 16, false),
  forImageNet('vgg19', 19, true),
];
