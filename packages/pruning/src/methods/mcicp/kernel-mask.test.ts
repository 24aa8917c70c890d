import { buildZooNetwork, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { withSilentKernels } from '../kernel-masks/kernel-mask.ts';
import { mcicpKernelMask } from './kernel-mask.ts';

/** One convolution with these kernels of `side` × `side` weights, [inputs][outputs]. */
function network(kernels: readonly (readonly (readonly number[])[])[], side: number) {
  const [inputs, outputs] = [kernels.length, kernels[0]!.length];
  const net = new TopologyBuilder('kernels', [4, 4, inputs]);
  const conv = net.conv(net.input, 'conv', outputs, { size: side });
  const built = initialiseWeights(net.build(net.dense(net.globalAveragePool(conv, 'pool'), 'classifier', 2)), 1);
  const { values } = built.weights.find(({ name }) => name === 'conv/kernel')!;
  for (let place = 0; place < side * side; place++)
    kernels.forEach((row, input) =>
      row.forEach((kernel, output) => (values[(place * inputs + input) * outputs + output] = kernel[place]!)),
    );
  return built;
}

const silentOf = (mask: Uint8Array): number[] => [...mask.keys()].filter((kernel) => mask[kernel] === 1);

describe('MCICP’s kernel mask', () => {
  it('silences trunc(ratio · kernels) of each layer, and leaves the others alone', () => {
    const resnet20 = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 3] });
    const mask = mcicpKernelMask({ network: resnet20, ratios: { stem_conv: 0.25, stage1_block1_conv1: 0.5 }, seed: 1 });
    expect(mask.reachedRatios).toEqual({ stem_conv: 12 / 48, stage1_block1_conv1: 0.5 });
    const [before, after] = [resnet20, withSilentKernels(resnet20, mask)].map(
      ({ weights }) => weights.find(({ name }) => name === 'stem_conv/kernel')!.values,
    );
    after!.forEach((value, place) => expect(value).toBe(mask.silent['stem_conv']![place % 48] === 1 ? 0 : before![place]));
    expect(Object.keys(mask.silent)).toEqual(['stem_conv', 'stage1_block1_conv1']);
  });

  it('thins a crowd of kernels that are alike and keeps those that stand alone', () => {
    // Ten kernels around one place, and two far off: with two centres or more these are clusters, of which the large one pays.
    const crowd = Array.from({ length: 10 }, (_, index) => [1 + index / 1000, 1, 1, 1 - index / 1000]);
    const kernels = [...crowd, [9, -9, 9, -9], [-7, -7, -7, -7]].map((kernel) => [kernel]);
    const { silent } = mcicpKernelMask({ network: network(kernels, 2), ratios: { conv: 0.5 }, seed: 3 });
    expect(silentOf(silent['conv']!)).toHaveLength(6);
    expect(Math.max(...silentOf(silent['conv']!))).toBeLessThan(10);
  });

  it('silences zero kernels first', () => {
    const kernels = [[[0, 0, 0, 0]], [[1, 2, 3, 4]], [[0, 0, 0, 0]], [[4, 3, -2, 1]]];
    const { silent } = mcicpKernelMask({ network: network(kernels, 2), ratios: { conv: 0.5 }, seed: 1 });
    expect(silentOf(silent['conv']!)).toEqual([0, 2]);
  });

  it('leaves every filter its heaviest kernel, and says that fewer went than asked for', () => {
    const kernels = [
      [[1], [3]],
      [[2], [1]],
    ];
    const { silent, reachedRatios } = mcicpKernelMask({ network: network(kernels, 1), ratios: { conv: 1 }, seed: 1 });
    expect(silentOf(silent['conv']!)).toEqual([0, 3]);
    expect(reachedRatios['conv']).toBe(0.5);
  });

  it('is the same for the same seed', () => {
    const resnet20 = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 3] });
    const draw = (seed: number) => mcicpKernelMask({ network: resnet20, ratios: { stage1_block1_conv2: 0.4 }, seed });
    expect(draw(1)).toEqual(draw(1));
  });

  it.each([
    ['a layer that there is not', { nowhere: 0.5 }],
    ['a ratio above 1', { conv: 1.5 }],
  ])('refuses %s', (_, ratios) => {
    expect(() => mcicpKernelMask({ network: network([[[1]]], 1), ratios, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
  });
});
