import type { MapStatistic } from './channel-maps.ts';

/** The mean map of every channel, [height · width] numbers: what ACP and ICP cluster. */
export const meanMap: MapStatistic = {
  length: (height, width) => height * width,
  add: (maps, _, sums) => {
    for (let place = 0; place < maps.length; place++) sums[place]! += maps[place]!;
  },
};
