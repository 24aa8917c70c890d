import { channelCount, type DependencyGroup, type Graph } from '@espalier/network';
import { type Dbscan, dbscanOfDistances, type DistanceMatrix, noise, pairwiseDistances } from '../../clustering/index.ts';
import type { GroupObservation } from '../../observation/observation.ts';
import type { LayerStatistic } from '../../observation/statistics.ts';
import type { MapClusterSettings } from './settings.ts';

/** The label of a channel whose mean maps are all zero. */
export const dead = -2;
/** A mean map shorter than this is zero. */
const shortestMap = 1e-12;
export const leastEpsilon = 1e-6;
export const mostEpsilon = 2;

/** The mean maps of one group's channels, and how far apart they are. */
export interface MapGroup {
  readonly id: string;
  readonly channels: number;
  /** Channels with a mean map that is not zero: a zero map is alike to no other, so as noise it would stay for ever. */
  readonly living: readonly number[];
  readonly dead: readonly number[];
  readonly distances: DistanceMatrix;
  /** Whether a channel's map is a single number, as behind a dense layer: then it has no direction but a sign, and clusters say nothing. */
  readonly hasDirections: boolean;
}

const known = new WeakMap<GroupObservation, MapGroup>();

/** Worked out once for each group that is observed. */
export function mapGroup(group: GroupObservation): MapGroup {
  const found = known.get(group);
  if (found !== undefined) return found;
  const maps = group.statistics();
  const everyChannel = Array.from({ length: group.channels }, (_, channel) => channel);
  const living = everyChannel.filter((channel) => maps.some((map) => normOf(map, channel) > shortestMap));
  const made: MapGroup = {
    id: group.id,
    channels: group.channels,
    living,
    dead: everyChannel.filter((channel) => !living.includes(channel)),
    distances: pairwiseDistances(joined(maps, living), 'cosine'),
    hasDirections: maps.reduce((sum, { length }) => sum + length, 0) > 1,
  };
  known.set(group, made);
  return made;
}

/** Whether the method may cut the group: see the setting `scope`. */
export const isInScope = (graph: Graph, { group }: GroupObservation, { scope }: Pick<MapClusterSettings, 'scope'>): boolean =>
  scope === 'every-group' || isInner(graph, group);

/** Whether the channels lead from one layer to one other that reads them alone: then they are in no sum, no concatenation and at no fork. */
function isInner({ nodes }: Graph, { members }: DependencyGroup): boolean {
  const [reader, ...otherReaders] = members.filter(({ role }) => role === 'in');
  const makers = members.filter(({ role }) => role === 'out');
  if (reader === undefined || otherReaders.length > 0 || makers.length !== 1) return false;
  const calls = nodes.filter(({ layer }) => layer === reader.layer);
  return calls.length === 1 && reader.indices.length === channelCount(calls[0]!.inputShapes[0]!);
}

export const clustersAt = ({ distances }: MapGroup, epsilon: number, minimumPoints: number): Dbscan =>
  dbscanOfDistances(distances, { epsilon, minimumPoints });

/** n_l of the papers: each cluster shrinks to one channel, each channel that is alike to no other stays. At least one. */
export function clusteredWidth(group: MapGroup, epsilon: number, minimumPoints: number): number {
  const { clusterCount, noiseCount } = clustersAt(group, epsilon, minimumPoints);
  return Math.max(1, clusterCount + noiseCount);
}

/** DBSCAN with the largest ε that leaves at least `width` channels: the clustering that a given width speaks of. */
export function clustersOfWidth(group: MapGroup, width: number, minimumPoints: number): { epsilon: number; clusters: Dbscan } {
  const epsilon = bisectEpsilon((candidate) => clusteredWidth(group, candidate, minimumPoints) < width).below;
  return { epsilon, clusters: clustersAt(group, epsilon, minimumPoints) };
}

/**
 * The place on the axis of ε, to one part in a million, where `isBeyond` turns true, with an ε on either side. Widths fall nearly always as ε rises (a
 * border point may change that once in a while), and where they do not any turn will do.
 */
export function bisectEpsilon(isBeyond: (epsilon: number) => boolean): { readonly below: number; readonly beyond: number } {
  let below = leastEpsilon;
  let beyond = mostEpsilon;
  while (beyond / below > 1 + 1e-6) {
    const middle = Math.sqrt(below * beyond);
    if (isBeyond(middle)) beyond = middle;
    else below = middle;
  }
  return { below, beyond };
}

/**
 * The units of which quotas are given: clusters, then each channel on its own. Positions in `living`.
 */
export function unitsOf({ labels, clusterCount }: Dbscan): number[][] {
  const units: number[][] = Array.from({ length: clusterCount }, () => []);
  labels.forEach((label, point) => {
    if (label === noise) units.push([point]);
    else units[label]!.push(point);
  });
  return units;
}

function normOf({ values, length }: LayerStatistic, channel: number): number {
  let squares = 0;
  for (let place = channel * length; place < (channel + 1) * length; place++) squares += values[place]! * values[place]!;
  return Math.sqrt(squares);
}

/** The maps of several layers as one point for each channel, each layer scaled by its largest map, so that no layer drowns the others. */
function joined(maps: readonly LayerStatistic[], channels: readonly number[]): { count: number; dimensions: number; values: Float64Array } {
  const dimensions = maps.reduce((sum, { length }) => sum + length, 0);
  const values = new Float64Array(channels.length * dimensions);
  let start = 0;
  for (const map of maps) {
    const largest = channels.reduce((most, channel) => Math.max(most, normOf(map, channel)), 0);
    const scale = largest === 0 ? 0 : 1 / largest;
    channels.forEach((channel, row) => {
      for (let k = 0; k < map.length; k++) values[row * dimensions + start + k] = scale * map.values[channel * map.length + k]!;
    });
    start += map.length;
  }
  return { count: channels.length, dimensions, values };
}
