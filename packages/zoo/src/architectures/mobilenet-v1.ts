import type { Topology } from '@espalier/core';
import { TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { convBnRelu } from './units.ts';

/** Output channels and stride of the 13 depthwise separable convolutions (Howard et al. 2017, table 1). */
const separable = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/** A stem and 13 pairs of a 3 × 3 depthwise and a 1 × 1 convolution; `widthMultiplier` is α of the paper. */
function mobileNetV1({ inputShape, classes, widthMultiplier = 1 }: ArchitectureRequest): Topology {
  const scaled = (width: number) => Math.max(1, Math.floor(width * widthMultiplier));
  const net = new TopologyBuilder('mobilenet-v1', inputShape);
  let stream = convBnRelu(net, net.input, 'stem', scaled(32), { strides: 2 });
  separable.forEach(([width, strides], index) => {
    const name = `block${index + 1}`;
    const filtered = net.batchNormalisation(net.depthwise(stream, `${name}_depthwise`, strides), `${name}_depthwise_bn`);
    stream = convBnRelu(net, net.relu(filtered, `${name}_depthwise_relu`), `${name}_pointwise`, scaled(width), { size: 1 });
  });
  return net.build(net.dense(net.globalAveragePool(stream, 'pool'), 'classifier', classes));
}

export const mobileNetV1Entry: ZooEntry = {
  name: 'mobilenet-v1',
  title: 'MobileNetV1',
  paper: 'Howard et al.: MobileNets: efficient convolutional neural networks for mobile vision applications. arXiv:1704.04861 (2017)',
  task: 'classification',
  inputShape: [224, 224, 3],
  classes: 1000,
  smallestSide: 32,
  scalable: true,
  build: mobileNetV1,
};
