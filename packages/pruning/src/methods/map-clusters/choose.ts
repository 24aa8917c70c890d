import { type Dbscan, noise } from '../../clustering/index.ts';
import type { ChoiceContext, GroupChoice } from '../../method.ts';
import type { GroupObservation, NetworkObservation } from '../../observation/observation.ts';
import { largestScores } from '../../selection/largest.ts';
import { keepQuotas } from '../../selection/quota.ts';
import { finite, meanNorm } from '../by-score.ts';
import { clustersAt, clustersOfWidth, dead, isInScope, type MapGroup, mapGroup, unitsOf } from './clusters.ts';
import type { MapClusterSettings } from './settings.ts';

/** The choice of ACP and of ICP: the widths are given, the setting `survivors` says who stays. */
export function chooseByMapClusters<Settings extends MapClusterSettings>(
  { graph, groups }: NetworkObservation,
  { settings, widths, generator }: ChoiceContext<Settings>,
): Record<string, GroupChoice> {
  return Object.fromEntries(
    groups.flatMap((group): [string, GroupChoice][] => {
      const keep = widths[group.id] ?? group.channels;
      if (keep === group.channels && !isInScope(graph, group, settings)) return [[group.id, { keep: everyChannel(group) }]];
      const map = mapGroup(group);
      if (!map.hasDirections) return [[group.id, heaviest(group, keep)]];
      const { epsilon, clusters } =
        settings.epsilon === null
          ? clustersOfWidth(map, keep, settings.minimumPoints)
          : { epsilon: settings.epsilon, clusters: clustersAt(map, settings.epsilon, settings.minimumPoints) };
      const choice = survivorsOf(group, map, clusters, keep, settings, () => generator(group.id));
      return [
        [
          group.id,
          {
            ...choice,
            clusters: perChannel(map, clusters.labels, dead),
            clustering: {
              algorithm: 'DBSCAN, cosine distance of mean maps',
              epsilon,
              minimumPoints: settings.minimumPoints,
              clusters: clusters.clusterCount,
              noise: clusters.noiseCount,
            },
          },
        ],
      ];
    }),
  );
}

function heaviest(group: GroupObservation, keep: number): Pick<GroupChoice, 'keep' | 'scores'> {
  const scores = finite(group, meanNorm(group, 1));
  return { keep: largestScores(scores, keep), scores };
}

const everyChannel = ({ channels }: GroupObservation): number[] => Array.from({ length: channels }, (_, channel) => channel);

function survivorsOf(
  group: GroupObservation,
  map: MapGroup,
  clusters: Dbscan,
  keep: number,
  { survivors }: MapClusterSettings,
  generator: () => ReturnType<ChoiceContext<unknown>['generator']>,
): Pick<GroupChoice, 'keep' | 'scores'> {
  if (survivors === 'random') return { keep: generator().sample(everyChannel(group), keep) };
  if (survivors === 'l1') return heaviest(group, keep);
  const { living, dead: gone } = map;
  const keptLiving = Math.min(keep, living.length);
  const { kept, distances } = medoidsFirst(map, clusters, keptLiving);
  return {
    keep: [...kept.map((point) => living[point]!), ...gone.slice(0, keep - keptLiving)].sort((a, b) => a - b),
    scores: perChannel(map, distances, 0),
  };
}

/**
 * Of each cluster and each lonely channel its share, in a cluster those with the smallest mean distance to the others first, of equals the lowest.
 * `distances`: each channel's mean cosine distance to the rest of its cluster, 0 for a lonely one.
 */
function medoidsFirst({ distances: { count, values } }: MapGroup, clusters: Dbscan, keep: number): { kept: number[]; distances: number[] } {
  const units = unitsOf(clusters);
  const quotas = keepQuotas(
    units.map((members) => members.length),
    keep,
  );
  const distances = Array.from(clusters.labels, (label, point) => {
    if (label === noise) return 0;
    const others = units[label]!.filter((other) => other !== point);
    return others.reduce((sum, other) => sum + values[point * count + other]!, 0) / Math.max(1, others.length);
  });
  const kept = units.flatMap((members, unit) => [...members].sort((a, b) => distances[a]! - distances[b]! || a - b).slice(0, quotas[unit]));
  return { kept, distances };
}

function perChannel({ channels, living }: MapGroup, ofLiving: ArrayLike<number>, ofDead: number): number[] {
  const all = Array<number>(channels).fill(ofDead);
  living.forEach((channel, point) => (all[channel] = ofLiving[point]!));
  return all;
}
