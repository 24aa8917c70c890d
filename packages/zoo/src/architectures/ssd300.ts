import type { Topology } from '@espalier/core';
import { type ConvolutionOptions, type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';

/** A feature map that boxes are predicted from: its side, and how many default boxes sit at each of its places. */
interface SourceMap {
  readonly stream: Stream;
  readonly side: number;
  readonly boxesPerPlace: number;
}

/**
 * SSD300 on VGG-16 (Liu et al. 2016, fig. 2). Two outputs, for 8732 default boxes: class logits [8732, classes], the background counted as a
 * class, and box offsets [8732, 4].
 */
function ssd300({ inputShape, classes }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder('ssd300-vgg16', inputShape);
  const sources = sourceMaps(net);
  const predicted = (part: string, channels: number) => {
    const rows = sources.map(({ stream, side, boxesPerPlace }, index) => {
      const name = `head${index + 1}_${part}`;
      const map = net.conv(stream, name, boxesPerPlace * channels, { bias: true });
      return net.reshape(map, `${name}_rows`, side * side * boxesPerPlace, channels);
    });
    return net.stack(rows, part);
  };
  return net.build(predicted('classes', classes), predicted('boxes', 4));
}

function sourceMaps(net: TopologyBuilder): SourceMap[] {
  const conv = (input: Stream, name: string, filters: number, options: ConvolutionOptions = {}) =>
    net.relu(net.conv(input, name, filters, { bias: true, ...options }), `${name}_relu`);
  const block = (input: Stream, name: string, filters: number, layers: number) =>
    Array.from({ length: layers }, (_, index) => `${name}_${index + 1}`).reduce((stream, layer) => conv(stream, layer, filters), input);

  const first = net.maxPool(block(net.input, 'conv1', 64, 2), 'pool1', 2, 2);
  const second = net.maxPool(block(first, 'conv2', 128, 2), 'pool2', 2, 2);
  // 75 × 75 becomes 38 × 38: this pooling rounds up.
  const third = net.maxPool(block(second, 'conv3', 256, 3), 'pool3', 2, 2);
  const conv4 = block(third, 'conv4', 512, 3);
  const conv5 = block(net.maxPool(conv4, 'pool4', 2, 2), 'conv5', 512, 3);
  // VGG's two dense layers as convolutions; the dilation makes up for pool5's stride of 1.
  const conv6 = conv(net.maxPool(conv5, 'pool5', 3, 1), 'conv6', 1024, { dilation: 6 });
  const conv7 = conv(conv6, 'conv7', 1024, { size: 1 });
  const conv8 = conv(conv(conv7, 'conv8_1', 256, { size: 1 }), 'conv8_2', 512, { strides: 2 });
  const conv9 = conv(conv(conv8, 'conv9_1', 128, { size: 1 }), 'conv9_2', 256, { strides: 2 });
  const conv10 = conv(conv(conv9, 'conv10_1', 128, { size: 1 }), 'conv10_2', 256, { padding: 'valid' });
  const conv11 = conv(conv(conv10, 'conv11_1', 128, { size: 1 }), 'conv11_2', 256, { padding: 'valid' });
  return [
    { stream: net.l2Normalisation(conv4, 'conv4_3_norm'), side: 38, boxesPerPlace: 4 },
    { stream: conv7, side: 19, boxesPerPlace: 6 },
    { stream: conv8, side: 10, boxesPerPlace: 6 },
    { stream: conv9, side: 5, boxesPerPlace: 6 },
    { stream: conv10, side: 3, boxesPerPlace: 4 },
    { stream: conv11, side: 1, boxesPerPlace: 4 },
  ];
}

export const ssd300Entry: ZooEntry = {
  name: 'ssd300-vgg16',
  title: 'SSD300 on VGG-16',
  paper: 'Liu, Anguelov, Erhan, Szegedy, Reed, Fu, Berg: SSD: single shot multibox detector. ECCV 2016',
  task: 'detection',
  inputShape: [300, 300, 3],
  classes: 21,
  smallestSide: 300,
  fixedSide: true,
  build: ssd300,
};
