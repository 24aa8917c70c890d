import type { NetworkData, Topology } from '@espalier/core';
import { TopologyBuilder } from '@espalier/network/testing';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../test/evaluate.ts';
import { randomImage, randomNetwork } from '../test/random-network.ts';
import { largestDifference } from '../test/tensor.ts';
import { gather, silence, type AxisKeeps } from './gather.ts';

interface Widths {
  readonly early: number;
  readonly late: number;
  readonly before: number;
  readonly after: number;
}

/** A stream that doubles its width and halves its picture, with the parameter-free shortcut. */
function doubling({ early, late, before, after }: Widths): Topology {
  const net = new TopologyBuilder([6, 6, 3]);
  const stream = net.conv(net.input, early, { use_bias: true }, 'early');
  const picked = net.add('AveragePooling2D', [stream], { pool_size: 1, strides: 2 });
  const shortcut = net.add('ChannelPadding', [picked], { before, after });
  return net.classified(net.plus(net.conv(stream, late, { strides: 2 }, 'late'), shortcut), 3);
}

const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, index) => from + index);

/** Early channels 0 to 11 of 16 stay, late ones 8 to 23 of 32: those that the shortcut reaches. */
const kept: Readonly<Record<string, AxisKeeps>> = {
  'early/kernel': [null, null, null, range(0, 12)],
  'early/bias': [range(0, 12)],
  'late/kernel': [null, null, range(0, 12), range(8, 24)],
  'classifier/kernel': [range(8, 24), null],
  'classifier/bias': [null],
};

describe('the padded shortcut of the worked example', () => {
  // Early channel j is late channel j + 8, so early 0 to 11 land on the first twelve of the kept late channels, and the last four are zeros.
  it('[G9] of 16 + 8 channels, cut to early 0 … 11 and late 8 … 23, puts 12 in front and 4 zeros behind', () => {
    const whole = randomNetwork(doubling({ early: 16, late: 32, before: 8, after: 8 }), 4);
    const masked: NetworkData = {
      ...whole,
      weights: whole.weights.map((weight) => ({ ...weight, values: silence(weight.values, weight.shape, kept[weight.name]!) })),
    };
    const narrow: NetworkData = {
      topology: doubling({ early: 12, late: 16, before: 0, after: 4 }),
      weights: whole.weights.map(({ name, shape, values }) => ({
        name,
        shape: shape.map((size, axis) => kept[name]![axis]?.length ?? size),
        values: gather(values, shape, kept[name]!),
      })),
    };
    const image = randomImage(whole.topology, 4);
    expect(largestDifference(evaluate(narrow, image), evaluate(masked, image))).toBeLessThanOrEqual(1e-12);
    expect(largestDifference(evaluate(whole, image), evaluate(masked, image))).toBeGreaterThan(0.01);
  });
});
