import type { DependencyGroup } from '@espalier/network';

/**
 * What was seen of the channels of one layer while pictures went through it: some numbers for each channel. Which numbers is the method's business: a
 * mean map, the mean rank of its maps, a sum of gradients. Plain data, so that it can be gathered elsewhere and kept.
 */
export interface LayerStatistic {
  readonly layer: string;
  readonly channels: number;
  /** Numbers for each channel. */
  readonly length: number;
  /** [channels, length], row-major. */
  readonly values: Float32Array | Float64Array;
}

/** By layer. */
export type Statistics = ReadonlyMap<string, LayerStatistic>;

/** The statistics of the layers of a group, rows in the order of the group's channels; where a channel occurs several times, their mean. */
export function statisticsOfGroup(group: DependencyGroup, statistics: Statistics): LayerStatistic[] {
  return group.members
    .filter(({ role }) => role === 'out' || role === 'depthwise' || role === 'bn')
    .flatMap(({ layer, indices, multiplicity }) => {
      const seen = statistics.get(layer);
      if (seen === undefined) return [];
      const values = new Float64Array(group.channels * seen.length);
      indices.forEach((place, row) => {
        const start = Math.floor(row / multiplicity) * seen.length;
        for (let k = 0; k < seen.length; k++) values[start + k]! += seen.values[place * seen.length + k]! / multiplicity;
      });
      return [{ layer, channels: group.channels, length: seen.length, values }];
    });
}
