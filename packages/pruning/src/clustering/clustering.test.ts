import { createGenerator } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/clustering/clustering.json' with { type: 'json' };
import {
  calinskiHarabasz,
  clusterCountAt,
  completeLinkage,
  crowdingDistances,
  cutAtCount,
  cutAtHeight,
  dbscan,
  kMeans,
  type Metric,
  noise,
  pairwiseDistances,
  type Points,
  pointsFrom,
  silhouette,
  thinByCrowding,
} from './index.ts';
import { lloyd } from './lloyd.ts';

const generator = (...purpose: (string | number)[]) => createGenerator(1, 'test', ...purpose);
const randomPoints = (count: number, dimensions: number, seed = 0): Points => {
  const source = generator('points', seed);
  return { count, dimensions, values: Float32Array.from({ length: count * dimensions }, () => source.normal()) };
};

describe.each(fixture.sets)(
  '$name, beside scikit-learn and SciPy',
  ({ points: rows, dbscan: densities, lloyd: starts, kMeans: bests, ...expected }) => {
    const points = pointsFrom(rows);

    it.each(densities)('DBSCAN ($metric, ε $epsilon, $minimumPoints points) finds the same labels', ({ metric, labels, ...settings }) => {
      expect([...dbscan(points, { ...settings, metric: metric as Metric }).labels]).toEqual(labels);
    });

    it.each(starts)('Lloyd’s iterations from points $start end in the same clusters', ({ start, inertia, labels, ...scores }) => {
      const { dimensions, values } = points;
      const centres = Float64Array.from(start.flatMap((point) => [...values.subarray(point * dimensions, (point + 1) * dimensions)]));
      const found = lloyd(points, centres);
      expect([...found.labels]).toEqual(labels);
      // Both sum in double precision, in another order.
      expect(found.inertia / inertia).toBeCloseTo(1, 12);
      expect(silhouette(pairwiseDistances(points, 'euclidean'), labels)).toBeCloseTo(scores.silhouette, 12);
      expect(calinskiHarabasz(points, labels) / scores.calinskiHarabasz).toBeCloseTo(1, 12);
    });

    it.each(bests)('K-means into $clusters finds the same best partition', ({ clusters, inertia, labels }) => {
      const found = kMeans(points, { clusters }, generator('k-means'));
      expect(found.inertia / inertia).toBeCloseTo(1, 12);
      expect([...found.labels]).toEqual(labels);
    });

    it('complete linkage merges at the same heights', () => {
      const merges = completeLinkage(pairwiseDistances(points, 'euclidean'));
      expect(merges).toHaveLength(expected.completeLinkageHeights.length);
      merges.forEach(({ height }, index) => expect(height).toBeCloseTo(expected.completeLinkageHeights[index]!, 12));
    });
  },
);

describe('DBSCAN', () => {
  const nine = pointsFrom([
    [1, 0],
    [0.999, 0.01],
    [1, 0.02],
    [0.98, 0.03],
    [1.01, -0.01],
    [0, 1],
    [0.01, 1],
    [0.5, 0.5],
    [-1, 0],
  ]);

  // methods.md §2.7, computed with scikit-learn.
  it.each([
    [0.002, 5, [0, 0, 0, 0, 0, -1, -1, -1, -1], 5],
    [0.002, 2, [0, 0, 0, 0, 0, 1, 1, -1, -1], 4],
    [0.3, 2, [0, 0, 0, 0, 0, 0, 0, 0, -1], 2],
    [2, 5, [0, 0, 0, 0, 0, 0, 0, 0, 0], 1],
  ])('of nine directions at ε %f and %i points leaves the widths of the paper', (epsilon, minimumPoints, labels, width) => {
    const found = dbscan(nine, { epsilon, minimumPoints, metric: 'cosine' });
    expect([...found.labels]).toEqual(labels);
    expect(found.clusterCount + found.noiseCount).toBe(width);
  });

  it('counts a point among its own neighbours, and takes a distance of exactly ε', () => {
    expect([...dbscan(pointsFrom([[0], [1], [2.5]]), { epsilon: 1, minimumPoints: 2, metric: 'euclidean' }).labels]).toEqual([0, 0, noise]);
  });

  it('gives a border point to the cluster that reaches it first', () => {
    const line = pointsFrom([[0], [0.5], [1], [2], [3], [3.5], [4]]);
    expect([...dbscan(line, { epsilon: 1, minimumPoints: 4, metric: 'euclidean' }).labels]).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  it('leaves zero vectors alone, even two of them', () => {
    const points = pointsFrom([
      [0, 0],
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect([...dbscan(points, { epsilon: 0.5, minimumPoints: 2, metric: 'cosine' }).labels]).toEqual([noise, noise, 0, 0]);
  });

  it('of fewer points than a core needs is all noise, of none is nothing', () => {
    expect(dbscan(randomPoints(4, 3), { epsilon: 100, minimumPoints: 5, metric: 'euclidean' }).noiseCount).toBe(4);
    expect(dbscan(pointsFrom([]), { epsilon: 1, minimumPoints: 1, metric: 'cosine' })).toMatchObject({ clusterCount: 0, noiseCount: 0 });
  });

  it('refuses a value that is not finite and names the point', () => {
    expect(() => dbscan(pointsFrom([[1], [Number.NaN]]), { epsilon: 1, minimumPoints: 1, metric: 'euclidean' })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: 'point 1 holds NaN, and clustering needs finite values' }),
    );
  });
});

describe('distances', () => {
  it('agree with plain sums for any sizes, to within double precision', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 23 }), fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 999 }));
    fc.assert(
      fc.property(sizes, ([count, dimensions, seed]) => {
        const { values } = randomPoints(count, dimensions, seed);
        const found = pairwiseDistances({ count, dimensions, values }, 'euclidean').values;
        for (let i = 0; i < count; i++)
          for (let j = 0; j < count; j++) {
            const row = (point: number) => [...values.subarray(point * dimensions, (point + 1) * dimensions)];
            const other = row(j);
            const sum = row(i).reduce((total, value, k) => total + (value - other[k]!) ** 2, 0);
            expect(found[i * count + j]).toBeCloseTo(Math.sqrt(sum), 10);
          }
      }),
      { numRuns: 25 },
    );
  });

  it('of equal and nearly equal points lose no digits', () => {
    const { values } = pairwiseDistances(
      pointsFrom([
        [1e6, 1],
        [1e6, 1],
        [1e6, 1 + 1e-6],
      ]),
      'euclidean',
    );
    expect(values[1]).toBe(0);
    expect(values[2]! / 1e-6).toBeCloseTo(1, 9);
  });

  it('by cosine run from 0 to 2 and are 1 for zero vectors', () => {
    const { values } = pairwiseDistances(
      pointsFrom([
        [1, 0],
        [-2, 0],
        [0, 3],
        [0, 0],
      ]),
      'cosine',
    );
    expect([...values.subarray(0, 4)]).toEqual([0, 2, 1, 1]);
    expect([...values.subarray(12)]).toEqual([1, 1, 1, 0]);
  });
});

describe('K-means', () => {
  // methods.md §1.7: [E, Var, D] of six vectors, each column brought to 0 … 1.
  const features = (() => {
    const vectors = [
      [1, 2, 3, 4],
      [1, 2, 3, 5],
      [-1, -2, -3, -4],
      [0, 0, 0, 0],
      [2, 2, 2, 2],
      [2, 2, 2, 2.1],
    ];
    const columns = [mean, variance, directionDistance].map((feature) => vectors.map(feature));
    const scaled = columns.map((column) =>
      column.map((value) => (value - Math.min(...column)) / (Math.max(...column) - Math.min(...column))),
    );
    return pointsFrom(vectors.map((_, row) => scaled.map((column) => column[row]!)));
  })();

  it.each([
    [2, 1.116829, [0, 0, 1, 1, 0, 0]],
    [3, 0.37324, [0, 0, 1, 2, 2, 2]],
    [4, 0.093124, [0, 0, 1, 2, 3, 3]],
  ])('of the six vectors of the notes into %i has the best inertia', (clusters, inertia, labels) => {
    const found = kMeans(features, { clusters }, generator('six'));
    expect(found.inertia).toBeCloseTo(inertia, 6);
    expect([...found.labels]).toEqual(labels);
  });

  it('never makes more clusters than there are different points', () => {
    const found = kMeans(pointsFrom([[1], [1], [1], [2]]), { clusters: 3 }, generator('few'));
    expect(found).toMatchObject({ clusterCount: 2, inertia: 0 });
    expect([...found.labels]).toEqual([0, 0, 0, 1]);
  });

  it('is the same for the same seed', () => {
    const points = randomPoints(60, 4);
    const once = kMeans(points, { clusters: 9, restarts: 1 }, generator('seed'));
    expect(kMeans(points, { clusters: 9, restarts: 1 }, generator('seed'))).toEqual(once);
  });

  it('leaves no cluster empty and every point with its nearest centre', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 500 }), (clusters, seed) => {
        const points = randomPoints(24, 2, seed);
        const { labels, centres, clusterCount, inertia } = kMeans(points, { clusters, restarts: 2 }, generator(seed));
        expect(new Set(labels).size).toBe(clusterCount);
        const squared = (point: number, cluster: number) =>
          [0, 1].reduce((sum, k) => sum + (points.values[point * 2 + k]! - centres[cluster * 2 + k]!) ** 2, 0);
        const own = Array.from(labels, (label, point) => squared(point, label));
        own.forEach((distance, point) => {
          for (let cluster = 0; cluster < clusterCount; cluster++) expect(distance).toBeLessThanOrEqual(squared(point, cluster) + 1e-12);
        });
        expect(inertia).toBeCloseTo(
          own.reduce((sum, distance) => sum + distance, 0),
          9,
        );
      }),
    );
  });
});

describe('complete linkage', () => {
  const line = pairwiseDistances(pointsFrom([[0], [0.1], [0.25], [1], [1.05], [3]]), 'euclidean');

  it('of six points on a line merges at .05, .1, .25, 1.05 and 3', () => {
    const heights = completeLinkage(line).map(({ height }) => Number(height.toFixed(12)));
    expect(heights).toEqual([0.05, 0.1, 0.25, 1.05, 3]);
  });

  it('is cut at a height that counts as reached', () => {
    const merges = completeLinkage(line);
    expect([0.05, 0.1, 0.2, 0.5, 1, 2].map((threshold) => clusterCountAt(6, merges, threshold))).toEqual([5, 4, 4, 3, 3, 2]);
    expect([...cutAtHeight(6, merges, 0.5)]).toEqual([0, 0, 0, 1, 1, 2]);
    expect([...cutAtCount(6, merges, 1)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('of equally near pairs merges the lowest first', () => {
    const merges = completeLinkage(pairwiseDistances(pointsFrom([[0], [1], [2], [3]]), 'euclidean'));
    expect(merges).toEqual([
      { first: 0, second: 1, height: 1 },
      { first: 2, second: 3, height: 1 },
      { first: 0, second: 2, height: 3 },
    ]);
    expect(completeLinkage(pairwiseDistances(pointsFrom([[5], [5], [5]]), 'euclidean'))).toEqual([
      { first: 0, second: 1, height: 0 },
      { first: 0, second: 2, height: 0 },
    ]);
  });

  it('is what trying every pair gives, ties included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 14 }),
        (rows) => {
          const distances = pairwiseDistances(pointsFrom(rows), 'euclidean');
          expect(completeLinkage(distances)).toEqual(everyPair(distances.count, (i, j) => distances.values[i * distances.count + j]!));
        },
      ),
    );
  });

  it('of one point, and of none, is no merge', () => {
    expect(completeLinkage({ count: 1, values: Float64Array.of(0) })).toEqual([]);
    expect([...cutAtHeight(1, [], 1)]).toEqual([0]);
    expect([...cutAtHeight(0, [], 1)]).toEqual([]);
  });
});

describe('crowding', () => {
  const five = pointsFrom([
    [0, 0, 0],
    [1, 2, 1],
    [2, 1, 4],
    [4, 4, 3],
    [10, 5, 5],
  ]);

  it('of the five points of the notes is ∞, 1.4, 1.1, 2, ∞', () => {
    const distances = crowdingDistances(five, [0, 1, 2, 3, 4]);
    expect([...distances].map((value) => (value === Infinity ? value : Number(value.toFixed(12))))).toEqual([
      Infinity,
      1.4,
      1.1,
      2,
      Infinity,
    ]);
  });

  it('of points that agree is 0 for all, and the lighter and then the higher goes', () => {
    const same = pointsFrom([[1], [1], [1]]);
    expect([...crowdingDistances(same, [0, 1, 2])]).toEqual([0, 0, 0]);
    expect(thinByCrowding(same, [0, 1, 2], 2, (point) => [3, 1, 1][point]!)).toEqual([0, 1]);
    expect(thinByCrowding(same, [0, 1, 2], 1, (point) => [3, 1, 1][point]!)).toEqual([0]);
  });

  it('thins as dropping the most crowded and starting over does', () => {
    const rows = fc.array(fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 6 }))), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(rows, fc.nat(15), (values, drop) => {
        const points = pointsFrom(values);
        const keep = Math.max(0, values.length - drop);
        const weightOf = (point: number) => point % 3;
        const left = values.map((_, point) => point);
        while (left.length > keep) {
          const crowding = crowdingDistances(points, left);
          const order = left.map((_, place) => place);
          order.sort((a, b) => compare(crowding[a]!, crowding[b]!) || weightOf(left[a]!) - weightOf(left[b]!) || b - a);
          left.splice(order[0]!, 1);
        }
        expect(
          thinByCrowding(
            points,
            values.map((_, point) => point),
            keep,
            weightOf,
          ),
        ).toEqual(left);
      }),
    );
  });
});

describe('the quality of a clustering', () => {
  it('of one cluster is 0', () => {
    expect(silhouette(pairwiseDistances(randomPoints(5, 2), 'euclidean'), [0, 0, 0, 0, 0])).toBe(0);
    expect(calinskiHarabasz(randomPoints(5, 2), [0, 0, 0, 0, 0])).toBe(0);
  });

  it('counts a point alone in its cluster as 0', () => {
    // The pair: a = 1, b = 10 and 9; so (9/10 + 8/9 + 0) / 3.
    expect(silhouette(pairwiseDistances(pointsFrom([[0], [1], [10]]), 'euclidean'), [0, 0, 1])).toBeCloseTo((0.9 + 8 / 9) / 3, 12);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  return mean(values.map((value) => (value - mean(values)) ** 2));
}

function directionDistance(values: readonly number[]): number {
  const norm = Math.hypot(...values);
  return norm === 0 ? 1 : 1 - (mean(values) * values.length) / (norm * Math.sqrt(values.length));
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Complete linkage by its definition. */
function everyPair(count: number, distance: (i: number, j: number) => number) {
  const clusters = Array.from({ length: count }, (_, point) => [point]);
  const merges = [];
  while (clusters.length > 1) {
    let best = { a: 0, b: 0, height: Infinity };
    for (let a = 0; a < clusters.length; a++)
      for (let b = a + 1; b < clusters.length; b++) {
        const height = Math.max(...clusters[a]!.flatMap((i) => clusters[b]!.map((j) => distance(i, j))));
        if (height < best.height) best = { a, b, height };
      }
    merges.push({ first: clusters[best.a]![0]!, second: clusters[best.b]![0]!, height: best.height });
    clusters[best.a] = [...clusters[best.a]!, ...clusters[best.b]!];
    clusters.splice(best.b, 1);
  }
  return merges;
}
