import type { NetworkData } from '@espalier/core';
import { tf } from '@espalier/tensor';
import { buildZooNetwork, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { tensorflowRunner } from './tensorflow-runner.ts';

/** One 1×1 convolution of two filters over two channels. */
function oneConvolution(): NetworkData {
  const net = new TopologyBuilder('one', [1, 2, 2]);
  const { topology, weights } = initialiseWeights(net.build(net.conv(net.input, 'mix', 2, { size: 1, bias: false })), 1);
  return { topology, weights: weights.map((weight) => ({ ...weight, values: Float32Array.of(1, 2, 3, 4) })) };
}

describe('a network run by TensorFlow', () => {
  it('computes feature maps row-major with the channels last', async () => {
    const runner = await tensorflowRunner(oneConvolution());
    expect(runner.inputs).toEqual([{ shape: [1, 2, 2] }]);
    // Kernel [in, out] = [[1, 2], [3, 4]]; pixels (1, 10) and (0, 1).
    const [output] = await runner.run([Float32Array.of(1, 10, 0, 1)]);
    expect([...output!]).toEqual([1 + 30, 2 + 40, 3, 4]);
    await runner.close();
  });

  it('leaves its inputs alone, gives the same answer again, and holds nothing once it is closed', async () => {
    const network = buildZooNetwork('resnet20', { seed: 3 });
    const before = tf.memory().numTensors;
    const runner = await tensorflowRunner(network);
    const picture = Float32Array.from({ length: 32 * 32 * 3 }, (_, index) => Math.sin(index));
    const copy = picture.slice();
    const [first, second] = [await runner.run([picture]), await runner.run([picture])];
    expect(picture).toEqual(copy);
    expect(second).toEqual(first);
    await runner.close();
    expect(tf.memory().numTensors).toBe(before);
  });
});
