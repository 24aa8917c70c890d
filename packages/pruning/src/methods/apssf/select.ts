import { clusterMembers, type DistanceMatrix } from '../../clustering/index.ts';
import { keepQuotas } from '../../selection/quota.ts';

/**
 * The points that stay, ascending: of each cluster its share, first the medoid, then those with the largest mean distance to the other members, so that
 * the most redundant are deleted. Of equals the heavier (by L1 norm) stays, then the lower.
 */
export function mostDistinct(
  { count, values }: DistanceMatrix,
  labels: Int32Array,
  keep: number,
  l1NormOf: (point: number) => number,
): { readonly kept: number[]; readonly meanDistances: number[] } {
  const clusters = clusterMembers(labels);
  const quotas = keepQuotas(
    clusters.map((members) => members.length),
    keep,
  );
  const meanDistances = Array<number>(count).fill(0);
  const kept = clusters.flatMap((members, cluster) => {
    for (const point of members) {
      const sum = members.reduce((total, other) => total + values[point * count + other]!, 0);
      meanDistances[point] = members.length === 1 ? 0 : sum / (members.length - 1);
    }
    const heavierFirst = (a: number, b: number) => l1NormOf(b) - l1NormOf(a) || a - b;
    const byRedundancy = [...members].sort((a, b) => meanDistances[a]! - meanDistances[b]! || heavierFirst(a, b));
    const [medoid, ...others] = byRedundancy;
    others.sort((a, b) => meanDistances[b]! - meanDistances[a]! || heavierFirst(a, b));
    return [medoid!, ...others].slice(0, quotas[cluster]);
  });
  return { kept: kept.sort((a, b) => a - b), meanDistances };
}
