import type { Points } from './points.ts';

/** Clusters under the names of the centres they came from. */
export interface Partition {
  readonly labels: Int32Array;
  /** [clusterCount, dimensions]. */
  readonly centres: Float64Array;
  readonly clusterCount: number;
  /** Σ over points of the squared distance to the centre. */
  readonly inertia: number;
}

/**
 * Bounds that spare most distances (Hamerly 2010): a point whose own centre is certainly nearer than every other keeps its label unseen. Distances,
 * not their squares, so that the moves of centres can be added and subtracted.
 */
interface Bounds {
  /** At least the distance to the own centre. */
  readonly own: Float64Array;
  /** At most the distance to any other centre. */
  readonly other: Float64Array;
}

/** Bounds are sums of many moves. A label is only taken as certain with this much room for their rounding. */
const room = 1 + 1e-9;

/** Lloyd's iterations from `start` [clusters, dimensions] until no label changes; a point goes to the nearest centre, of equals to the lowest. */
export function lloyd(points: Points, start: Float64Array, maximumIterations = 300): Partition {
  const { count, dimensions } = points;
  const centres = start.slice();
  const clusterCount = centres.length / dimensions;
  const labels = new Int32Array(count);
  const bounds: Bounds = { own: new Float64Array(count), other: new Float64Array(count) };
  forget(bounds);
  let changed = true;
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    changed = assign(points, centres, labels, bounds) || iteration === 0;
    if (refillEmpty(points, centres, labels)) forget(bounds);
    else if (!changed) break;
    move(points, centres, labels, bounds);
  }
  if (changed) {
    forget(bounds);
    assign(points, centres, labels, bounds);
  }
  let inertia = 0;
  for (let point = 0; point < count; point++) inertia += squaredDistanceToCentre(points, point, centres, labels[point]!);
  return { labels, centres, clusterCount, inertia };
}

/** Nothing is certain. */
function forget({ own, other }: Bounds): void {
  own.fill(Infinity);
  other.fill(0);
}

/** Labels every point with its nearest centre; true if a label changed. */
function assign(points: Points, centres: Float64Array, labels: Int32Array, { own, other }: Bounds): boolean {
  const clusterCount = centres.length / points.dimensions;
  let changed = false;
  for (let point = 0; point < labels.length; point++) {
    const before = labels[point]!;
    if (own[point]! * room < other[point]!) continue;
    own[point] = Math.sqrt(squaredDistanceToCentre(points, point, centres, before));
    if (own[point]! * room < other[point]!) continue;
    let nearest = 0;
    let least = Infinity;
    let second = Infinity;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const distance = squaredDistanceToCentre(points, point, centres, cluster);
      if (distance < least) {
        second = least;
        least = distance;
        nearest = cluster;
      } else if (distance < second) second = distance;
    }
    own[point] = Math.sqrt(least);
    other[point] = Math.sqrt(second);
    labels[point] = nearest;
    changed ||= nearest !== before;
  }
  return changed;
}

/** Gives each empty cluster the point that is farthest from its centre, of equals the lowest; true if there was one. */
function refillEmpty(points: Points, centres: Float64Array, labels: Int32Array): boolean {
  const sizes = sizesOf(labels, centres.length / points.dimensions);
  if (!sizes.includes(0)) return false;
  const distances = Float64Array.from(labels, (label, point) => squaredDistanceToCentre(points, point, centres, label));
  sizes.forEach((size, cluster) => {
    if (size > 0) return;
    let farthest = -1;
    for (let point = 0; point < labels.length; point++)
      if (sizes[labels[point]!]! > 1 && (farthest < 0 || distances[point]! > distances[farthest]!)) farthest = point;
    sizes[labels[farthest]!]! -= 1;
    labels[farthest] = cluster;
    distances[farthest] = 0;
    sizes[cluster] = 1;
  });
  return true;
}

/** Moves every centre to the mean of its points, and the bounds with it. */
function move({ dimensions, values }: Points, centres: Float64Array, labels: Int32Array, { own, other }: Bounds): void {
  const sizes = sizesOf(labels, centres.length / dimensions);
  const before = centres.slice();
  centres.fill(0);
  for (let point = 0, place = 0; point < labels.length; point++) {
    const centre = labels[point]! * dimensions;
    for (let k = centre; k < centre + dimensions; k++) centres[k] = centres[k]! + values[place++]!;
  }
  const moves = Float64Array.from(sizes, (size, cluster) => {
    let squares = 0;
    for (let place = cluster * dimensions; place < (cluster + 1) * dimensions; place++) {
      centres[place]! /= size;
      squares += (centres[place]! - before[place]!) ** 2;
    }
    return Math.sqrt(squares);
  });
  const farthest = moves.reduce((most, distance) => Math.max(most, distance), 0);
  for (let point = 0; point < labels.length; point++) {
    own[point]! += moves[labels[point]!]!;
    other[point]! -= farthest;
  }
}

function sizesOf(labels: Int32Array, clusterCount: number): Int32Array {
  const sizes = new Int32Array(clusterCount);
  for (const label of labels) sizes[label]! += 1;
  return sizes;
}

export function squaredDistanceToCentre({ values, dimensions }: Points, point: number, centres: Float64Array, cluster: number): number {
  let sum = 0;
  for (let k = 0, a = point * dimensions, b = cluster * dimensions; k < dimensions; k++) {
    const difference = values[a + k]! - centres[b + k]!;
    sum += difference * difference;
  }
  return sum;
}
