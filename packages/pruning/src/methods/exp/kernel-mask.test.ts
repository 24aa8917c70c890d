import { buildZooNetwork, initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { describe, expect, it } from 'vitest';
import { withSilentKernels } from '../kernel-masks/kernel-mask.ts';
import { expKernelMask, type KernelMaskRequest } from './kernel-mask.ts';

const settings = { levels: 13, scale: 'signed-maximum' as const, seed: 1 };

/** One convolution of 1 × 1 windows, so that Ψ of a kernel is its weight: [inputs, outputs]. */
function network(weights: readonly (readonly number[])[], gamma: readonly number[] | null = null) {
  const net = new TopologyBuilder('kernels', [2, 2, weights.length]);
  const conv = net.conv(net.input, 'conv', weights[0]!.length, { size: 1 });
  const features = gamma === null ? conv : net.batchNormalisation(conv, 'bn');
  const built = initialiseWeights(net.build(net.dense(net.globalAveragePool(features, 'pool'), 'classifier', 2)), 1);
  built.weights.find(({ name }) => name === 'conv/kernel')!.values.set(weights.flat());
  if (gamma !== null) built.weights.find(({ name }) => name === 'bn/gamma')!.values.set(gamma);
  return built;
}

const mask = (request: Partial<KernelMaskRequest> & Pick<KernelMaskRequest, 'network' | 'ratios'>) =>
  expKernelMask({ ...settings, way: 'B', ...request });

describe('the authors’ kernel mask', () => {
  it('silences trunc(ratio · kernels) of each layer', () => {
    const resnet20 = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 3] });
    const { silent, reachedRatios } = mask({ network: resnet20, ratios: { stem_conv: 0.25, stage1_block1_conv1: 0.5 } });
    expect(Object.keys(silent)).toEqual(['stem_conv', 'stage1_block1_conv1']);
    expect(reachedRatios).toEqual({ stem_conv: 12 / 48, stage1_block1_conv1: 0.5 });
  });

  it('takes the largest bins first and leaves ⌈n·(1 − r − 0.1)⌉ of each', () => {
    // Six kernels of one kind, two of another: of the six ⌈6 · .4⌉ = 3 survive, and the fourth comes from the two.
    const one = network([
      [1, 1, 1, 1],
      [1, 1, -1, -1],
    ]);
    const { silent } = mask({ network: one, ratios: { conv: 0.5 } });
    const large = [0, 1, 2, 3, 4, 5].filter((kernel) => silent['conv']![kernel] === 1);
    const small = [6, 7].filter((kernel) => silent['conv']![kernel] === 1);
    expect([large.length, small.length]).toEqual([3, 1]);
  });

  it('by way A begins with the filters of the smallest |γ|, and counts the bias into Ψ', () => {
    const ones = [
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ];
    const { silent } = mask({ network: network(ones, [3, -0.1, 2, 0.5]), ratios: { conv: 0.25 }, way: 'A' });
    const ofFilter = (filter: number) => [0, 1, 2, 3].filter((input) => silent['conv']![4 * input + filter] === 1).length;
    // Of the four kernels of a filter ⌈4 · .65⌉ = 3 survive, so that four filters lose one each.
    expect([0, 1, 2, 3].map(ofFilter)).toEqual([1, 1, 1, 1]);
    const half = mask({ network: network(ones, [3, -0.1, 2, 0.5]), ratios: { conv: 0.5 }, way: 'A' }).silent['conv']!;
    // ⌈4 · .4⌉ = 2 survive: all four lose two. With .45 of 16 = 7 the filter with the largest γ loses one only.
    expect(half.reduce((sum, one) => sum + one, 0)).toBe(8);
    const seven = mask({ network: network(ones, [3, -0.1, 2, 0.5]), ratios: { conv: 0.45 }, way: 'A' }).silent['conv']!;
    expect([0, 1, 2, 3].map((filter) => [0, 1, 2, 3].filter((input) => seven[4 * input + filter] === 1).length)).toEqual([1, 2, 2, 2]);
  });

  it('leaves every filter a kernel, and says that fewer went than asked for', () => {
    const { reachedRatios } = mask({
      network: network([
        [1, 1],
        [1, 1],
      ]),
      ratios: { conv: 1 },
    });
    expect(reachedRatios['conv']).toBe(0.5);
  });

  it('by two steps takes for look-alikes what the index tells apart', () => {
    const one = network([1, 0.9, 0.6, 0.3, 0.1, 0, -0.2, -0.5, -1, -2].map((weight) => [weight]));
    // By the index at most two are alike, of which ⌈2 · .7⌉ survive; by two steps five are, the fourth to the eighth, of which ⌈5 · .7⌉ = 4 do.
    expect(mask({ network: one, ratios: { conv: 0.2 } }).reachedRatios['conv']).toBe(0);
    const { silent, reachedRatios } = mask({ network: one, ratios: { conv: 0.2 }, binning: 'two-step' });
    expect(reachedRatios['conv']).toBe(0.1);
    expect(silent['conv']!.subarray(3, 8)).toContain(1);
  });

  it('sets exactly the silent kernels to zero, all of their window', () => {
    const resnet20 = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 3] });
    const made = mask({ network: resnet20, ratios: { stem_conv: 0.4 } });
    const [before, after] = [resnet20, withSilentKernels(resnet20, made)].map(
      ({ weights }) => weights.find(({ name }) => name === 'stem_conv/kernel')!.values,
    );
    after!.forEach((value, place) => expect(value).toBe(made.silent['stem_conv']![place % 48] === 1 ? 0 : before![place]));
    expect(after!.filter((value) => value === 0)).toHaveLength(9 * 19);
  });

  it('is the same for the same seed', () => {
    const resnet20 = buildZooNetwork('resnet20', { seed: 1, inputShape: [16, 16, 3] });
    const draw = (seed: number) => mask({ network: resnet20, ratios: { stem_conv: 0.4 }, seed });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it.each([
    ['a layer that there is not', { nowhere: 0.5 }],
    ['a dense layer', { classifier: 0.5 }],
    ['a ratio above 1', { conv: 1.5 }],
    ['a ratio that is no number', { conv: Number.NaN }],
  ])('refuses %s', (_, ratios) => {
    expect(() => mask({ network: network([[1, 1]]), ratios })).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});
