import { clusterCountAt, completeLinkage, type DistanceMatrix, type Merge, pairwiseDistances } from '../../clustering/index.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import { median } from '../../selection/median.ts';
import { deadChannels } from '../dead.ts';
import { filterPoints } from './filter-points.ts';
import type { ApssfSettings } from './settings.ts';

/** How the filters of one group come together as the threshold rises. */
export interface Dendrogram {
  readonly id: string;
  readonly channels: number;
  /** The channels that are clustered: all but those whose weights are all zero. */
  readonly living: readonly number[];
  readonly dead: readonly number[];
  readonly distances: DistanceMatrix;
  readonly merges: readonly Merge[];
  /** s_l: the median distance of two filters, the group's own unit of length; of those that differ, where most are the same. */
  readonly unit: number;
}

export function dendrogramOf(group: GroupObservation, settings: ApssfSettings): Dendrogram {
  const banks = group.filters();
  const isDead = deadChannels(banks);
  const everyChannel = Array.from({ length: group.channels }, (_, channel) => channel);
  const living = everyChannel.filter((channel) => !isDead[channel]);
  const distances = pairwiseDistances(filterPoints(banks, living, settings), 'euclidean');
  return {
    id: group.id,
    channels: group.channels,
    living,
    dead: everyChannel.filter((channel) => isDead[channel]),
    distances,
    merges: completeLinkage(distances),
    unit: medianDistance(distances),
  };
}

/** How many clusters are left at the threshold τ = t·s; a group of nothing but zeros counts as one. */
export const clustersAt = ({ living, merges, unit }: Dendrogram, scaledThreshold: number): number =>
  Math.max(1, clusterCountAt(living.length, merges, scaledThreshold * unit));

function medianDistance({ count, values }: DistanceMatrix): number {
  const pairs = new Float64Array((count * (count - 1)) / 2);
  for (let i = 0, place = 0; i < count; i++) for (let j = i + 1; j < count; j++) pairs[place++] = values[i * count + j]!;
  // With a unit of nothing no threshold would ever bring the others together.
  return median(pairs) || median(pairs.filter((distance) => distance > 0));
}
