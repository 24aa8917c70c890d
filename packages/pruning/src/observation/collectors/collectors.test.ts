import { createGenerator } from '@espalier/core';
import { dependencyGroups, readGraph } from '@espalier/network';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import fixture from '../../../fixtures/feature-maps/feature-maps.json' with { type: 'json' };
import { activatedTaps, makers } from '../taps.ts';
import { mapCollector } from './channel-maps.ts';
import { gateGradients } from './gate-gradients.ts';
import { independence } from './independence.ts';
import { meanMap } from './mean-map.ts';
import { mapRank, matrixRank } from './rank.ts';
import { eigenvaluesAbove, largestEigenvalue, tridiagonal } from './tridiagonal.ts';

describe('ranks, beside NumPy', () => {
  it.each(fixture.ranks)('of $name: $rank', ({ matrix, rank }) => {
    expect(matrixRank(Float64Array.from(matrix.flat()), matrix.length, matrix[0]!.length)).toBe(rank);
  });
});

describe('channel independence, beside a decomposition for every row', () => {
  it.each(fixture.independences)('of $name', ({ matrix, independence: expected }) => {
    const found = independence(Float64Array.from(matrix.flat()), matrix.length, matrix[0]!.length);
    // Nine digits of the integral, times the size of these norms.
    expected.forEach((value, row) => expect(found[row]).toBeCloseTo(value, 6));
  });
});

describe('a map collector', () => {
  const taps = [{ layer: 'conv', tap: 'conv' }];
  /** [2 images, 1, 2 places, 3 channels]. */
  const maps = { shape: [2, 1, 2, 3] as const, values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };

  it('averages maps over pictures, channel by channel', () => {
    const collector = mapCollector(taps, 2, meanMap);
    collector.add('conv', maps);
    expect(collector.finish().get('conv')).toEqual({ layer: 'conv', channels: 3, length: 2, values: Float64Array.of(4, 7, 5, 8, 6, 9) });
  });

  it('does not care how pictures come in batches', () => {
    const generator = createGenerator(1, 'maps');
    const values = Float32Array.from({ length: 5 * 4 * 4 * 6 }, () => generator.integer(7) - 3);
    const gathered = (sizes: readonly number[]) => {
      const collector = mapCollector(taps, 5, mapRank);
      let start = 0;
      for (const size of sizes) collector.add('conv', { shape: [size, 4, 4, 6], values: values.subarray(start, (start += size * 96)) });
      return collector.finish().get('conv');
    };
    expect(gathered([1, 3, 1])).toEqual(gathered([5]));
  });

  it('refuses maps that are not finite, by layer', () => {
    const collector = mapCollector(taps, 2, meanMap);
    expect(() => collector.add('conv', { shape: [1, 1, 1, 1], values: Float32Array.of(Number.NaN) })).toThrow(
      expect.objectContaining({ code: 'BAD_NETWORK', message: 'layer conv: its feature maps hold values that are not finite' }),
    );
  });

  it('refuses to finish without a picture', () => {
    expect(() => mapCollector(taps, 2, meanMap).finish()).toThrow(expect.objectContaining({ code: 'BAD_DATASET' }));
  });
});

describe('taps', () => {
  it('behind the activation go on as long as nobody else listens, through a sum as well', () => {
    const net = new TopologyBuilder('taps', [8, 8, 1]);
    const stem = net.relu(net.batchNormalisation(net.conv(net.input, 'stem', 4), 'stem_bn'), 'stem_relu');
    const branch = net.batchNormalisation(net.conv(stem, 'branch', 4), 'branch_bn');
    const sum = net.relu(net.add([stem, branch], 'sum'), 'sum_relu');
    const graph = readGraph(net.build(net.dense(net.globalAveragePool(sum, 'pool'), 'classifier', 2)));
    const groups = dependencyGroups(graph).filter(({ prunable }) => prunable);
    expect(activatedTaps(graph, makers(groups, graph))).toEqual([
      { layer: 'stem', tap: 'stem_relu' },
      { layer: 'branch', tap: 'sum_relu' },
    ]);
  });
});

describe('gradients of gates', () => {
  const net = new TopologyBuilder('gates', [4, 4, 1]);
  const first = net.relu(net.batchNormalisation(net.conv(net.input, 'one', 2), 'one_bn'), 'one_relu');
  const second = net.conv(first, 'two', 2, { size: 1 });
  const network = initialiseWeights(net.build(net.dense(net.globalAveragePool(second, 'pool'), 'classifier', 2)), 3);
  const weightOf = (name: string) => network.weights.find((weight) => weight.name === name)!;
  weightOf('one_bn/gamma').values.set([2, -1]);
  weightOf('one_bn/beta').values.set([1, 3]);
  weightOf('two/kernel').values.set([1, 2, 3, 4]);
  const graph = readGraph(network.topology);
  const groups = dependencyGroups(graph).filter(({ prunable }) => prunable);
  const collect = (power: 'squared' | 'absolute' = 'squared') => gateGradients({ graph, groups, weightOf }, 8, power);

  it('are asked of batch normalisations, and of kernels where there is none', () => {
    expect(collect().weights).toEqual(['one_bn/gamma', 'one_bn/beta', 'two/kernel']);
  });

  it('are γ·∂γ + β·∂β, or Σ w·∂w over a filter, squared and averaged over batches', () => {
    const batch = (scale: number) =>
      new Map([
        ['one_bn/gamma', Float32Array.of(scale, 2 * scale)],
        ['one_bn/beta', Float32Array.of(3 * scale, -scale)],
        ['two/kernel', Float32Array.of(scale, 0, scale, -scale)],
      ]);
    const collector = collect();
    collector.add(batch(1));
    collector.add(batch(-2));
    const found = collector.finish();
    // Gates: 2·1 + 1·3 and −1·2 − 3·1; filters of `two` [inputs, outputs]: 1·1 + 3·1 and 2·0 − 4·1. Mean of squares at scales 1 and −2: 2.5 times.
    expect([...found.get('one_bn')!.values]).toEqual([62.5, 62.5]);
    expect([...found.get('two')!.values]).toEqual([40, 40]);
  });

  it('refuse gradients that are not finite, and to finish without a batch', () => {
    const gradients = new Map(collect().weights.map((name) => [name, new Float32Array(weightOf(name).values.length).fill(Number.NaN)]));
    expect(() => collect().add(gradients)).toThrow(expect.objectContaining({ code: 'BAD_NETWORK' }));
    expect(() => collect().finish()).toThrow(expect.objectContaining({ code: 'BAD_DATASET' }));
  });
});

describe('a tridiagonal matrix', () => {
  it('has the eigenvalues of the matrix that it was made from', () => {
    const generator = createGenerator(2, 'matrix');
    for (const size of [1, 2, 3, 5, 12, 40]) {
      const factors = Array.from({ length: size }, () => Array.from({ length: size }, () => generator.normal()));
      const gram = factors.map((row) => factors.map((other) => row.reduce((sum, value, k) => sum + value * other[k]!, 0)));
      const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(gram), { assumeSymmetric: true });
      const reduced = tridiagonal(Float64Array.from(gram.flat()), size);
      expect(largestEigenvalue(reduced) / Math.max(...realEigenvalues)).toBeCloseTo(1, 11);
      // Between two eigenvalues, and beyond both ends.
      const ascending = [...realEigenvalues].sort((a, b) => a - b);
      [-1, ...ascending].forEach((value, index) => {
        const between = (value + (ascending[index] ?? value + 2)) / 2;
        expect(eigenvaluesAbove(reduced, between)).toBe(size - index);
      });
    }
  });
});
