import type { Topology } from '@espalier/core';
import { type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { convBnRelu } from './units.ts';

/** Filters of one inception module, in the columns of table 1 of the paper. */
interface InceptionWidths {
  readonly one: number;
  readonly reduceThree: number;
  readonly three: number;
  readonly reduceFive: number;
  readonly five: number;
  readonly pooled: number;
}

const widths = (one: number, reduceThree: number, three: number, reduceFive: number, five: number, pooled: number): InceptionWidths => ({
  one,
  reduceThree,
  three,
  reduceFive,
  five,
  pooled,
});

/** Szegedy et al. 2015, table 1: the modules 3a–3b, 4a–4e and 5a–5b. */
const stages: Readonly<Record<'3' | '4' | '5', readonly InceptionWidths[]>> = {
  '3': [widths(64, 96, 128, 16, 32, 32), widths(128, 128, 192, 32, 96, 64)],
  '4': [
    widths(192, 96, 208, 16, 48, 64),
    widths(160, 112, 224, 24, 64, 64),
    widths(128, 128, 256, 24, 64, 64),
    widths(112, 144, 288, 32, 64, 64),
    widths(256, 160, 320, 32, 128, 128),
  ],
  '5': [widths(256, 160, 320, 32, 128, 128), widths(384, 192, 384, 48, 128, 128)],
};

/** What became of the paper's 5 × 5 convolution: two of 3 × 3 (CIFAR codes), or one of 3 × 3 (torchvision, and all that compare with it). */
type FiveByFive = 'two 3 × 3' | 'one 3 × 3';

interface Variant {
  readonly fiveByFive: FiveByFive;
  readonly bias: boolean;
}

function inception(net: TopologyBuilder, input: Stream, name: string, of: InceptionWidths, { fiveByFive, bias }: Variant): Stream {
  const conv = (from: Stream, part: string, filters: number, size: number) =>
    convBnRelu(net, from, `${name}_${part}`, filters, { size, bias });
  const three = conv(conv(input, 'three_reduce', of.reduceThree, 1), 'three', of.three, 3);
  const once = conv(conv(input, 'five_reduce', of.reduceFive, 1), 'five', of.five, 3);
  const five = fiveByFive === 'two 3 × 3' ? conv(once, 'five_again', of.five, 3) : once;
  const pooled = conv(net.maxPool(input, `${name}_pool`, 3, 1), 'pooled', of.pooled, 1);
  return net.concatenate([conv(input, 'one', of.one, 1), three, five, pooled], `${name}_concat`);
}

function inceptionStage(net: TopologyBuilder, input: Stream, stage: keyof typeof stages, variant: Variant): Stream {
  return stages[stage].reduce((stream, of, module) => inception(net, stream, `inception${stage}${'abcde'[module]}`, of, variant), input);
}

/** For small pictures: one 3 × 3 convolution as the stem, the three stages at 1, 1/2 and 1/4 of the resolution. Convolutions with bias. */
function cifarGoogLeNet(name: string, { inputShape, classes }: ArchitectureRequest): Topology {
  const variant: Variant = { fiveByFive: 'two 3 × 3', bias: true };
  const net = new TopologyBuilder(name, inputShape);
  const third = inceptionStage(net, convBnRelu(net, net.input, 'stem', 192, { bias: true }), '3', variant);
  const fourth = inceptionStage(net, net.maxPool(third, 'stage3_pool', 3, 2), '4', variant);
  const fifth = inceptionStage(net, net.maxPool(fourth, 'stage4_pool', 3, 2), '5', variant);
  return net.build(net.dense(net.globalAveragePool(fifth, 'pool'), 'classifier', classes));
}

/** With batch normalisation instead of local response normalisation, and without the auxiliary classifiers, which only help training. */
function imageNetGoogLeNet(name: string, { inputShape, classes }: ArchitectureRequest): Topology {
  const variant: Variant = { fiveByFive: 'one 3 × 3', bias: false };
  const net = new TopologyBuilder(name, inputShape);
  const first = net.maxPool(convBnRelu(net, net.input, 'stem1', 64, { size: 7, strides: 2 }), 'stem1_pool', 3, 2);
  const second = convBnRelu(net, convBnRelu(net, first, 'stem2', 64, { size: 1 }), 'stem3', 192);
  const third = inceptionStage(net, net.maxPool(second, 'stem3_pool', 3, 2), '3', variant);
  const fourth = inceptionStage(net, net.maxPool(third, 'stage3_pool', 3, 2), '4', variant);
  const fifth = inceptionStage(net, net.maxPool(fourth, 'stage4_pool', 2, 2), '5', variant);
  return net.build(net.dense(net.dropout(net.globalAveragePool(fifth, 'pool'), 'dropout', 0.2), 'classifier', classes));
}

const paper = 'Szegedy et al.: Going deeper with convolutions. CVPR 2015';

export const googLeNets: readonly ZooEntry[] = [
  {
    name: 'googlenet-cifar',
    title: 'GoogLeNet for CIFAR',
    paper,
    task: 'classification',
    inputShape: [32, 32, 3],
    classes: 10,
    smallestSide: 8,
    build: (request) => cifarGoogLeNet('googlenet-cifar', request),
  },
  {
    name: 'googlenet',
    title: 'GoogLeNet with batch normalisation',
    paper,
    task: 'classification',
    inputShape: [224, 224, 3],
    classes: 1000,
    smallestSide: 32,
    build: (request) => imageNetGoogLeNet('googlenet', request),
  },
];
