import type { Generator } from '@espalier/core';
import { canonicalLabels } from './labels.ts';
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
  const clusterCount = Math.min(clusters, distinctCount(points));
  let best = lloyd(points, plusPlusCentres(points, clusterCount, generator), maximumIterations);
  for (let start = 1; start < restarts && best.inertia > 0; start++) {
    const candidate = lloyd(points, plusPlusCentres(points, clusterCount, generator), maximumIterations);
    if (candidate.inertia < best.inertia) best = candidate;
  }
  return inCanonicalOrder(best, points.dimensions);
}

/** The first centre is any point, each further one a point drawn in proportion to its squared distance to the nearest centre. */
function plusPlusCentres({ count, dimensions, values }: Points, clusterCount: number, generator: Generator): Float64Array {
  const centres = new Float64Array(clusterCount * dimensions);
  const nearest = new Float64Array(count).fill(Infinity);
  for (let cluster = 0; cluster < clusterCount; cluster++) {
    const chosen = cluster === 0 ? generator.integer(count) : drawInProportion(nearest, generator);
    centres.set(values.subarray(chosen * dimensions, (chosen + 1) * dimensions), cluster * dimensions);
    for (let point = 0; point < count; point++) {
      const distance = distanceToCentre(values, point * dimensions, centres, cluster * dimensions, dimensions);
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

/** Clusters under the names of the centres they came from. */
export interface Partition {
  readonly labels: Int32Array;
  readonly centres: Float64Array;
  readonly clusterCount: number;
  readonly inertia: number;
}

/** Lloyd's iterations from `start` [clusters, dimensions]. */
export function lloyd(points: Points, start: Float64Array, maximumIterations = 300): Partition {
  const { count, dimensions } = points;
  const centres = start.slice();
  const clusterCount = centres.length / dimensions;
  const labels = new Int32Array(count).fill(-1);
  const distances = new Float64Array(count);
  const sizes = new Int32Array(clusterCount);
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    const changed = assign(points, centres, clusterCount, labels, distances);
    const refilled = refillEmpty(labels, distances, sizes);
    if (!changed && !refilled) break;
    moveCentres(points, centres, labels, sizes);
  }
  assign(points, centres, clusterCount, labels, distances);
  let inertia = 0;
  for (let point = 0; point < count; point++) inertia += distances[point]!;
  return { labels, centres, clusterCount, inertia };
}

/** Labels every point with its nearest centre, of equals the lowest; true if a label changed. */
function assign(
  { count, dimensions, values }: Points,
  centres: Float64Array,
  clusterCount: number,
  labels: Int32Array,
  distances: Float64Array,
) {
  let changed = false;
  for (let point = 0; point < count; point++) {
    let nearest = 0;
    let least = Infinity;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const distance = distanceToCentre(values, point * dimensions, centres, cluster * dimensions, dimensions);
      if (distance < least) {
        least = distance;
        nearest = cluster;
      }
    }
    changed ||= labels[point] !== nearest;
    labels[point] = nearest;
    distances[point] = least;
  }
  return changed;
}

/** Counts the clusters' sizes and gives each empty one the point farthest from its centre, of equals the lowest; true if there was one. */
function refillEmpty(labels: Int32Array, distances: Float64Array, sizes: Int32Array): boolean {
  sizes.fill(0);
  for (const label of labels) sizes[label]! += 1;
  let refilled = false;
  for (let cluster = 0; cluster < sizes.length; cluster++) {
    if (sizes[cluster]! > 0) continue;
    let farthest = -1;
    for (let point = 0; point < labels.length; point++)
      if (sizes[labels[point]!]! > 1 && (farthest < 0 || distances[point]! > distances[farthest]!)) farthest = point;
    sizes[labels[farthest]!]! -= 1;
    labels[farthest] = cluster;
    distances[farthest] = 0;
    sizes[cluster] = 1;
    refilled = true;
  }
  return refilled;
}

function moveCentres({ count, dimensions, values }: Points, centres: Float64Array, labels: Int32Array, sizes: Int32Array): void {
  centres.fill(0);
  for (let point = 0; point < count; point++) {
    const centre = labels[point]! * dimensions;
    for (let k = 0; k < dimensions; k++) centres[centre + k]! += values[point * dimensions + k]!;
  }
  for (let cluster = 0; cluster < sizes.length; cluster++)
    for (let k = 0; k < dimensions; k++) centres[cluster * dimensions + k]! /= sizes[cluster]!;
}

function distanceToCentre(values: Points['values'], point: number, centres: Float64Array, centre: number, dimensions: number): number {
  let sum = 0;
  for (let k = 0; k < dimensions; k++) {
    const difference = values[point + k]! - centres[centre + k]!;
    sum += difference * difference;
  }
  return sum;
}

function inCanonicalOrder({ labels, centres, clusterCount, inertia }: Partition, dimensions: number): KMeans {
  const { labels: renamed, order } = canonicalLabels(labels);
  const sorted = new Float64Array(order.length * dimensions);
  order.forEach((old, cluster) => sorted.set(centres.subarray(old * dimensions, (old + 1) * dimensions), cluster * dimensions));
  return { labels: renamed, centres: sorted, clusterCount: Math.min(clusterCount, order.length), inertia };
}
