import type { NetworkData, Topology } from '@espalier/core';
import { buildZooNetwork, initialiseWeights, type Stream, TopologyBuilder } from '@espalier/zoo';

/** The families that the papers prune, small enough to be trained on digits of 28 × 28 pixels in seconds. */
export const smallArchitectures: Readonly<Record<string, (seed: number) => NetworkData>> = {
  resnet20: (seed) => buildZooNetwork('resnet20', { seed, inputShape: [28, 28, 1] }),
  'vgg-small': (seed) => initialiseWeights(vggSmall(), seed),
  'googlenet-small': (seed) => initialiseWeights(googLeNetSmall(), seed),
  'densenet-small': (seed) => initialiseWeights(denseNetSmall(), seed),
  'mobilenet-small': (seed) => initialiseWeights(mobileNetSmall(), seed),
};

const convBnRelu = (net: TopologyBuilder, input: Stream, name: string, filters: number, size = 3, strides = 1): Stream =>
  net.relu(net.batchNormalisation(net.conv(input, `${name}_conv`, filters, { size, strides }), `${name}_bn`), `${name}_relu`);

const classified = (net: TopologyBuilder, features: Stream): Topology =>
  net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 10));

/** Three blocks of two convolutions, and a head that flattens. */
function vggSmall(): Topology {
  const net = new TopologyBuilder('vgg-small', [28, 28, 1]);
  let stream = net.input;
  [16, 32, 48].forEach((width, block) => {
    for (const layer of ['a', 'b']) stream = convBnRelu(net, stream, `block${block + 1}${layer}`, width);
    stream = net.maxPool(stream, `block${block + 1}_pool`, 2, 2);
  });
  const hidden = net.dense(net.flatten(stream, 'flatten', 4 * 4), 'hidden', 64);
  return net.build(net.dense(net.relu(net.batchNormalisation(hidden, 'hidden_bn'), 'hidden_relu'), 'classifier', 10));
}

/** Three inception modules behind a stem. */
function googLeNetSmall(): Topology {
  const net = new TopologyBuilder('googlenet-small', [28, 28, 1]);
  let stream = net.maxPool(convBnRelu(net, net.input, 'stem', 24), 'stem_pool', 2, 2);
  for (const name of ['first', 'second', 'third']) {
    const part = (from: Stream, of: string, filters: number, size = 3): Stream => convBnRelu(net, from, `${name}_${of}`, filters, size);
    const three = part(part(stream, 'three_reduce', 12, 1), 'three', 24);
    const five = part(part(part(stream, 'five_reduce', 8, 1), 'five', 12), 'five_again', 12);
    const pooled = part(net.maxPool(stream, `${name}_pool`, 3, 1), 'pooled', 12, 1);
    stream = net.concatenate([part(stream, 'one', 16, 1), three, five, pooled], `${name}_concat`);
    if (name === 'first') stream = net.maxPool(stream, 'first_end', 2, 2);
  }
  return classified(net, stream);
}

/** Two dense blocks of four layers, 12 channels each, with a transition between. */
function denseNetSmall(): Topology {
  const net = new TopologyBuilder('densenet-small', [28, 28, 1]);
  const bnReluConv = (from: Stream, name: string, filters: number, size = 3): Stream =>
    net.conv(net.relu(net.batchNormalisation(from, `${name}_bn`), `${name}_relu`), `${name}_conv`, filters, { size });
  let stream = net.maxPool(net.conv(net.input, 'stem_conv', 24), 'stem_pool', 2, 2);
  for (const block of ['one', 'two']) {
    for (let layer = 1; layer <= 4; layer++) {
      const name = `${block}_layer${layer}`;
      stream = net.concatenate([stream, bnReluConv(stream, name, 12)], `${name}_concat`);
    }
    if (block === 'one') stream = net.averagePool(bnReluConv(stream, 'transition', 48, 1), 'transition_pool', 2, 2);
  }
  return classified(net, net.relu(net.batchNormalisation(stream, 'final_bn'), 'final_relu'));
}

/** A stem and five depthwise separable convolutions. */
function mobileNetSmall(): Topology {
  const net = new TopologyBuilder('mobilenet-small', [28, 28, 1]);
  let stream = convBnRelu(net, net.input, 'stem', 16);
  (
    [
      [32, 2],
      [32, 1],
      [64, 2],
      [64, 1],
      [96, 1],
    ] as const
  ).forEach(([width, strides], index) => {
    const name = `block${index + 1}`;
    const filtered = net.batchNormalisation(net.depthwise(stream, `${name}_depthwise`, strides), `${name}_depthwise_bn`);
    stream = convBnRelu(net, net.relu(filtered, `${name}_depthwise_relu`), `${name}_pointwise`, width, 1);
  });
  return classified(net, stream);
}
