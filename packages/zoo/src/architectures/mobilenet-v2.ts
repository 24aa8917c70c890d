import type { Topology } from '@espalier/core';
import { type Stream, TopologyBuilder } from '../builder.ts';
import type { ArchitectureRequest, ZooEntry } from './architecture.ts';
import { convBn } from './units.ts';

/** Sandler et al. 2018, table 2: expansion t, output channels c, repetitions n, stride s of the first repetition. */
const bottlenecks = [
  { expansion: 1, channels: 16, repetitions: 1, strides: 1 },
  { expansion: 6, channels: 24, repetitions: 2, strides: 2 },
  { expansion: 6, channels: 32, repetitions: 3, strides: 2 },
  { expansion: 6, channels: 64, repetitions: 4, strides: 2 },
  { expansion: 6, channels: 96, repetitions: 3, strides: 1 },
  { expansion: 6, channels: 160, repetitions: 3, strides: 2 },
  { expansion: 6, channels: 320, repetitions: 1, strides: 1 },
] as const;

/** The nearest multiple of 8, never less than 90 % of the width, as the paper's code rounds. */
function multipleOfEight(width: number): number {
  const rounded = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return rounded < 0.9 * width ? rounded + 8 : rounded;
}

/** Expanded by a 1 × 1 convolution, filtered depthwise, projected back without activation; added to its input where the shape allows it. */
function invertedResidual(net: TopologyBuilder, input: Stream, name: string, expansion: number, channels: number, strides: number): Stream {
  const expanded =
    expansion === 1
      ? input
      : net.relu6(convBn(net, input, `${name}_expand`, input.channels * expansion, { size: 1 }), `${name}_expand_relu`);
  const filtered = net.batchNormalisation(net.depthwise(expanded, `${name}_depthwise`, strides), `${name}_depthwise_bn`);
  const projected = convBn(net, net.relu6(filtered, `${name}_depthwise_relu`), `${name}_project`, channels, { size: 1 });
  return strides === 1 && input.channels === channels ? net.add([projected, input], `${name}_add`) : projected;
}

function mobileNetV2({ inputShape, classes, widthMultiplier = 1 }: ArchitectureRequest): Topology {
  const net = new TopologyBuilder('mobilenet-v2', inputShape);
  const stem = convBn(net, net.input, 'stem', multipleOfEight(32 * widthMultiplier), { strides: 2 });
  let stream = net.relu6(stem, 'stem_relu');
  bottlenecks.forEach(({ expansion, channels, repetitions, strides }, stage) => {
    const width = multipleOfEight(channels * widthMultiplier);
    for (let index = 1; index <= repetitions; index++)
      stream = invertedResidual(net, stream, `stage${stage + 1}_block${index}`, expansion, width, index === 1 ? strides : 1);
  });
  // The last convolution is never narrowed below the paper's 1280: it is what the classifier reads.
  const last = convBn(net, stream, 'last', multipleOfEight(1280 * Math.max(1, widthMultiplier)), { size: 1 });
  const features = net.globalAveragePool(net.relu6(last, 'last_relu'), 'pool');
  return net.build(net.dense(net.dropout(features, 'dropout', 0.2), 'classifier', classes));
}

export const mobileNetV2Entry: ZooEntry = {
  name: 'mobilenet-v2',
  title: 'MobileNetV2',
  paper: 'Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: inverted residuals and linear bottlenecks. CVPR 2018',
  task: 'classification',
  inputShape: [224, 224, 3],
  classes: 1000,
  smallestSide: 32,
  scalable: true,
  build: mobileNetV2,
};
