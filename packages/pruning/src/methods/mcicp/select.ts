import { clusterMembers, crowdingDistances, type Points, thinByCrowding } from '../../clustering/index.ts';
import { keepQuotas } from '../../selection/quota.ts';

export interface CrowdingRequest {
  readonly features: Points;
  /** [points]. */
  readonly labels: Int32Array;
  readonly keep: number;
  readonly thinning: 'one-by-one' | 'at-once';
  /** The norm of a point's filters: of equally crowded ones the lighter goes, then the higher. */
  normOf(point: number): number;
}

/** The points that stay, ascending: of every cluster its share, and of each cluster those farthest from their neighbours. */
export function leastCrowded({ features, labels, keep, thinning, normOf }: CrowdingRequest): number[] {
  const clusters = clusterMembers(labels);
  const quotas = keepQuotas(
    clusters.map((members) => members.length),
    keep,
  );
  return clusters
    .flatMap((members, cluster) => {
      const quota = quotas[cluster]!;
      if (thinning === 'one-by-one') return thinByCrowding(features, members, quota, normOf);
      const crowding = crowdingDistances(features, members);
      const order = members.map((_, place) => place);
      order.sort(
        (a, b) => compare(crowding[b]!, crowding[a]!) || compare(normOf(members[b]!), normOf(members[a]!)) || members[a]! - members[b]!,
      );
      return order.slice(0, quota).map((place) => members[place]!);
    })
    .sort((a, b) => a - b);
}

/** The crowding distance of every point in its cluster, with a number for an end: one more than any point between can have. */
export function crowdingScores(features: Points, labels: Int32Array): number[] {
  const scores = Array.from(labels, () => 0);
  for (const members of clusterMembers(labels))
    crowdingDistances(features, members).forEach((distance, place) => {
      scores[members[place]!] = Number.isFinite(distance) ? distance : features.dimensions + 1;
    });
  return scores;
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
