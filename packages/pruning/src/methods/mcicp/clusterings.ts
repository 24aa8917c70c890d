import type { Generator } from '@espalier/core';
import {
  calinskiHarabasz,
  type DistanceMatrix,
  distinctCount,
  type KMeans,
  kMeans,
  pairwiseDistances,
  type Points,
  silhouette,
} from '../../clustering/index.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import { deadChannels } from '../dead.ts';
import { channelFeatures } from './features.ts';
import type { McicpSettings } from './settings.ts';

export interface ScoredClustering extends KMeans {
  readonly quality: number;
}

/** The clusterings of one group, each worked out once, when it is asked for. */
export interface GroupClusterings {
  readonly id: string;
  /** The channels that are clustered: all but the dead ones, ascending. */
  readonly living: readonly number[];
  readonly dead: readonly number[];
  readonly features: Points;
  /** The most centres that make sense. */
  readonly mostCentres: number;
  withCentres(centres: number): ScoredClustering;
}

export type ClusteringSettings = Pick<McicpSettings, 'normalisation' | 'maximumCentres' | 'restarts' | 'quality'>;

/** `keep`: how many channels of the group stay; more centres than that would leave clusters without anyone. */
export function groupClusterings(
  group: Pick<GroupObservation, 'id' | 'channels' | 'filters'>,
  keep: number,
  settings: ClusteringSettings,
  generator: (centres: number) => Generator,
): GroupClusterings {
  const banks = group.filters();
  const isDead = deadChannels(banks);
  const everyChannel = Array.from({ length: group.channels }, (_, channel) => channel);
  const living = everyChannel.filter((channel) => !isDead[channel]);
  const features = channelFeatures(banks, living, settings.normalisation);
  const known = new Map<number, ScoredClustering>();
  let distances: DistanceMatrix | undefined;
  const qualityOf = ({ labels }: KMeans): number => {
    if (settings.quality === 'calinski-harabasz') return calinskiHarabasz(features, labels);
    distances ??= pairwiseDistances(features, 'euclidean');
    return silhouette(distances, labels);
  };
  return {
    id: group.id,
    living,
    dead: everyChannel.filter((channel) => isDead[channel]),
    features,
    mostCentres: Math.max(1, Math.min(mostCentres(group.channels, settings), distinctCount(features, keep), keep)),
    withCentres: (centres) => {
      const found = known.get(centres);
      if (found !== undefined) return found;
      const clustering = kMeans(features, { clusters: centres, restarts: settings.restarts }, generator(centres));
      const scored = { ...clustering, quality: clustering.clusterCount < 2 ? 0 : qualityOf(clustering) };
      known.set(centres, scored);
      return scored;
    },
  };
}

const mostCentres = (channels: number, { maximumCentres }: ClusteringSettings): number =>
  maximumCentres === 'log2' ? Math.floor(Math.log2(channels)) + 1 : Math.floor(channels / 2);
