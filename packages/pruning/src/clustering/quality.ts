import type { DistanceMatrix } from './distances.ts';
import { clusterMembers } from './labels.ts';
import type { Points } from './points.ts';

/**
 * The mean silhouette (Rousseeuw 1987) of labelled points, from −1 to 1: (b − a) / max(a, b) with a the mean distance to the rest of the own
 * cluster and b the least mean distance to another. 0 for a point alone in its cluster or with max(a, b) = 0 (as scikit-learn), and 0 in all for
 * one cluster, where scikit-learn refuses. Labels count from 0 without gaps.
 */
export function silhouette({ count, values }: DistanceMatrix, labels: ArrayLike<number>): number {
  const sizes = clusterMembers(labels).map((members) => members.length);
  if (sizes.length < 2) return 0;
  const sums = new Float64Array(sizes.length);
  let total = 0;
  for (let point = 0; point < count; point++) {
    const own = labels[point]!;
    if (sizes[own] === 1) continue;
    sums.fill(0);
    for (let other = 0; other < count; other++) sums[labels[other]!]! += values[point * count + other]!;
    const inside = sums[own]! / (sizes[own]! - 1);
    let outside = Infinity;
    for (let cluster = 0; cluster < sizes.length; cluster++)
      if (cluster !== own) outside = Math.min(outside, sums[cluster]! / sizes[cluster]!);
    const larger = Math.max(inside, outside);
    if (larger > 0) total += (outside - inside) / larger;
  }
  return total / count;
}

/**
 * The index of Caliński and Harabasz (1974): scatter between clusters over scatter within, each by its degrees of freedom. Higher is better.
 * 0 for one cluster or as many as points, where scikit-learn refuses; 1 where there is no scatter within (as scikit-learn). Labels count from 0
 * without gaps.
 */
export function calinskiHarabasz({ count, dimensions, values }: Points, labels: ArrayLike<number>): number {
  const clusters = clusterMembers(labels);
  if (clusters.length < 2 || clusters.length === count) return 0;
  const everyPoint = Array.from({ length: count }, (_, point) => point);
  const middle = centroid({ count, dimensions, values }, everyPoint);
  let between = 0;
  let within = 0;
  for (const members of clusters) {
    const centre = centroid({ count, dimensions, values }, members);
    for (let k = 0; k < dimensions; k++) between += members.length * (centre[k]! - middle[k]!) ** 2;
    for (const point of members) for (let k = 0; k < dimensions; k++) within += (values[point * dimensions + k]! - centre[k]!) ** 2;
  }
  return within === 0 ? 1 : (between * (count - clusters.length)) / (within * (clusters.length - 1));
}

function centroid({ dimensions, values }: Points, members: readonly number[]): Float64Array {
  const sums = new Float64Array(dimensions);
  for (const point of members) for (let k = 0; k < dimensions; k++) sums[k]! += values[point * dimensions + k]!;
  return sums.map((sum) => sum / members.length);
}
