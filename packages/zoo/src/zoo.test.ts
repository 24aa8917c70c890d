import { checkWeights, readGraph } from '@espalier/network';
import { describe, expect, it } from 'vitest';
import { buildZooNetwork, buildZooTopology, zoo } from './zoo.ts';

describe('the zoo', () => {
  it('names every architecture once', () => {
    expect(new Set(zoo.map(({ name }) => name)).size).toBe(zoo.length);
  });

  it.each(['resnet20', 'resnet20-b'])('gives %s for another input and other classes', (name) => {
    const { nodes, outputs } = readGraph(buildZooTopology(name, { inputShape: [28, 28, 1], classes: 7 }));
    expect(nodes[outputs[0]!]!.outputShape).toEqual([7]);
  });

  it('refuses an unknown name with the names there are', () => {
    expect(() => buildZooTopology('resnet21')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', hint: expect.stringContaining('resnet20,') }),
    );
  });

  it.each([
    [{ inputShape: [2, 32, 3] }, 'resnet20 needs at least 4 × 4 pixels, but got 2 × 32'],
    [{ inputShape: [32, 32, 0] }, 'resnet20 needs [height, width, channels], but got [32, 32, 0]'],
    [{ classes: 0 }, 'resnet20 needs a whole number of classes of at least 1, but got 0'],
    [{ widthMultiplier: 0.5 }, "the widths of resnet20 can't be scaled"],
  ] as const)('refuses %o', (request, message) => {
    expect(() => buildZooTopology('resnet20', request)).toThrow(expect.objectContaining({ code: 'BAD_INPUT', message }));
  });
});

describe('every architecture', () => {
  it.each(zoo.map((entry) => [entry.name, entry] as const))('%s can be built at its least side, with one class', (name, entry) => {
    const inputShape = [entry.smallestSide, entry.smallestSide, 1] as const;
    const { nodes, outputs } = readGraph(buildZooTopology(name, { inputShape, classes: 1 }));
    expect(nodes[outputs[0]!]!.outputShape.at(-1)).toBe(1);
  });

  it.each(zoo.map(({ name }) => name))('%s names its layers without slashes', (name) => {
    for (const layer of buildZooTopology(name).config.layers) expect(layer.name).toMatch(/^[a-z][a-z0-9_]*$/);
  });
});

describe('freshly drawn weights', () => {
  const network = buildZooNetwork('resnet20', { seed: 3 });
  const values = (name: string, from = network) => from.weights.find((weight) => weight.name === name)!.values;
  const deviation = (numbers: Float32Array) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);

  it('are those the topology asks for', () => {
    expect(() => checkWeights(readGraph(network.topology), network.weights)).not.toThrow();
  });

  it('are the same for the same seed and others for another', () => {
    const name = 'stage2_block1_conv1/kernel';
    expect(values(name, buildZooNetwork('resnet20', { seed: 3 }))).toEqual(values(name));
    expect(values(name, buildZooNetwork('resnet20', { seed: 4 }))).not.toEqual(values(name));
  });

  it('depend on nothing but the seed and the layer', () => {
    const deeper = buildZooNetwork('resnet32', { seed: 3 });
    expect(values('stage1_block2_conv1/kernel', deeper)).toEqual(values('stage1_block2_conv1/kernel'));
  });

  it('spread as He et al. and Glorot say', () => {
    expect(deviation(values('stage3_block2_conv1/kernel'))).toBeCloseTo(Math.sqrt(2 / (9 * 64)), 3);
    const limit = Math.sqrt(6 / 74);
    expect(Math.max(...values('classifier/kernel').map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(deviation(values('classifier/kernel'))).toBeCloseTo(limit / Math.sqrt(3), 2);
  });

  it('leave a normalisation doing nothing', () => {
    for (const [role, value] of [
      ['gamma', 1],
      ['beta', 0],
      ['moving_mean', 0],
      ['moving_variance', 1],
    ] as const)
      expect(new Set(values(`stem_bn/${role}`))).toEqual(new Set([value]));
  });
});
