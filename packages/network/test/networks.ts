import type { Topology } from '@espalier/core';
import { TopologyBuilder } from './builder.ts';

/**
 * CIFAR ResNet of He et al. 2016 with 6n + 2 layers, shortcut A (padded) or B (projected), for 32 × 32 × 3 and 10 classes. Kept apart from the zoo so
 * that its integers are checked against a second writing-down of the same architecture. `innerWidths`, one for each block, narrows the first
 * convolution of the blocks.
 */
export function resNetTopology(n: number, shortcut: 'a' | 'b' = 'a', innerWidths?: readonly number[]): Topology {
  const net = new TopologyBuilder([32, 32, 3]);
  let stream = net.convBnRelu(net.input, 16, {}, 'stem');
  let width = 16;
  for (let block = 0; block < 3 * n; block++) {
    const stage = Math.floor(block / n);
    const next = 16 * 2 ** stage;
    const strides = next === width ? 1 : 2;
    const name = `stage${stage + 1}_block${(block % n) + 1}`;
    const inner = net.convBnRelu(stream, innerWidths?.[block] ?? next, { strides }, `${name}_conv1`);
    const residual = net.bn(net.conv(inner, next, {}, `${name}_conv2`));
    stream = net.relu(net.plus(residual, strides === 1 ? stream : down(net, stream, next, shortcut, name)));
    width = next;
  }
  return net.classified(stream);
}

function down(net: TopologyBuilder, stream: string, width: number, shortcut: 'a' | 'b', name: string): string {
  if (shortcut === 'b') return net.bn(net.conv(stream, width, { kernel_size: [1, 1], strides: 2 }, `${name}_projection`));
  const picked = net.add('AveragePooling2D', [stream], { pool_size: [1, 1], strides: [2, 2], padding: 'valid' });
  return net.add('ChannelPadding', [picked], { before: width / 4, after: width / 4 });
}
