import type { Generator } from '@espalier/core';
import { canonicalLabels } from './labels.ts';
import { lloyd, type Partition, squaredDistanceToCentre } from './lloyd.ts';
import { checkPoints, distinctCount, type Points } from './points.ts';

export interface KMeansSettings {
  readonly clusters: number;
  /** Fresh starts, of which the one with the lowest inertia wins. */
  readonly restarts?: number;
  readonly maximumIterations?: number;
}

export interface KMeans {
  /** [count], clusters counted in the order of their lowest points. */
  readonly labels: Int32Array;
  /** [clusterCount, dimensions]. */
  readonly centres: Float64Array;
  /** Fewer than asked for where there are fewer different points. */
  readonly clusterCount: number;
  /** Σ over points of the squared distance to the centre. */
  readonly inertia: number;
}

/**
 * K-means with the seeding of K-means++ (Arthur, Vassilvitskii 2007) and Lloyd's iterations, until no label changes. Of equal inertias the
 * earliest start wins. A cluster that runs empty takes the point that is farthest from its centre. Throws BAD_INPUT for values that are not finite.
 *
 * Why not a package: `ml-kmeans` draws from its own kind of generator, leaves empty clusters empty and has no restarts.
 */
export function kMeans(points: Points, { clusters, restarts = 10, maximumIterations = 300 }: KMeansSettings, generator: Generator): KMeans {
  checkPoints(points);
  if (!Number.isInteger(clusters) || clusters < 1) throw new RangeError(`clusters must be a positive integer, but got ${clusters}`);
  if (points.count === 0) return { labels: new Int32Array(0), centres: new Float64Array(0), clusterCount: 0, inertia: 0 };
  const clusterCount = distinctCount(points, clusters);
  let best = lloyd(points, plusPlusCentres(points, clusterCount, generator), maximumIterations);
  for (let start = 1; start < restarts && best.inertia > 0; start++) {
    const candidate = lloyd(points, plusPlusCentres(points, clusterCount, generator), maximumIterations);
    if (candidate.inertia < best.inertia) best = candidate;
  }
  return inCanonicalOrder(best, points.dimensions);
}

/** The first centre is any point, each further one a point drawn in proportion to its squared distance to the nearest centre. */
function plusPlusCentres(points: Points, clusterCount: number, generator: Generator): Float64Array {
  const { count, dimensions, values } = points;
  const centres = new Float64Array(clusterCount * dimensions);
  const nearest = new Float64Array(count).fill(Infinity);
  for (let cluster = 0; cluster < clusterCount; cluster++) {
    const chosen = cluster === 0 ? generator.integer(count) : drawInProportion(nearest, generator);
    centres.set(values.subarray(chosen * dimensions, (chosen + 1) * dimensions), cluster * dimensions);
    for (let point = 0; point < count; point++) {
      const distance = squaredDistanceToCentre(points, point, centres, cluster);
      if (distance < nearest[point]!) nearest[point] = distance;
    }
  }
  return centres;
}

function drawInProportion(weights: Float64Array, generator: Generator): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const aim = generator.uniform() * total;
  let sum = 0;
  let last = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index] === 0) continue;
    sum += weights[index]!;
    last = index;
    if (sum > aim) break;
  }
  return last;
}

function inCanonicalOrder({ labels, centres, clusterCount, inertia }: Partition, dimensions: number): KMeans {
  const { labels: renamed, order } = canonicalLabels(labels);
  const sorted = new Float64Array(order.length * dimensions);
  order.forEach((old, cluster) => sorted.set(centres.subarray(old * dimensions, (old + 1) * dimensions), cluster * dimensions));
  return { labels: renamed, centres: sorted, clusterCount: Math.min(clusterCount, order.length), inertia };
}
