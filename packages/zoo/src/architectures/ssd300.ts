import type { Topology } from '@espalier/core';
import { TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { detector, vggBackbone, type SourceMap, type Unit } from './ssd.ts';

/**
 * SSD300 on VGG-16 (Liu et al. 2016, fig. 2). Two outputs, for 8732 default boxes: class logits [8732, classes], the background counted as a
 * class, and box offsets [8732, 4].
 */
function ssd300({ inputShape, classes }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder('ssd300-vgg16', inputShape);
  return detector(net, sourceMaps(net), classes);
}

function sourceMaps(net: TopologyBuilder): SourceMap[] {
  const conv: Unit = (input, name, filters, options = {}) =>
    net.relu(net.conv(input, name, filters, { bias: true, ...options }), `${name}_relu`);
  const { conv4, conv7 } = vggBackbone(net, conv, { width: 1, dilation: 6 });
  const conv8 = conv(conv(conv7, 'conv8_1', 256, { size: 1 }), 'conv8_2', 512, { strides: 2 });
  const conv9 = conv(conv(conv8, 'conv9_1', 128, { size: 1 }), 'conv9_2', 256, { strides: 2 });
  const conv10 = conv(conv(conv9, 'conv10_1', 128, { size: 1 }), 'conv10_2', 256, { padding: 'valid' });
  const conv11 = conv(conv(conv10, 'conv11_1', 128, { size: 1 }), 'conv11_2', 256, { padding: 'valid' });
  return [
    { stream: net.l2Normalisation(conv4, 'conv4_3_norm'), height: 38, width: 38, boxesPerPlace: 4 },
    { stream: conv7, height: 19, width: 19, boxesPerPlace: 6 },
    { stream: conv8, height: 10, width: 10, boxesPerPlace: 6 },
    { stream: conv9, height: 5, width: 5, boxesPerPlace: 6 },
    { stream: conv10, height: 3, width: 3, boxesPerPlace: 4 },
    { stream: conv11, height: 1, width: 1, boxesPerPlace: 4 },
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
