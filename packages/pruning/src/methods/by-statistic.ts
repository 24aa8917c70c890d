import type { GroupObservation } from '../observation/observation.ts';

/** The one number that was gathered for each channel: the mean over the layers that were looked at. */
export function meanStatistic(group: GroupObservation): number[] {
  const seen = group.statistics();
  return Array.from({ length: group.channels }, (_, channel) => seen.reduce((sum, { values }) => sum + values[channel]!, 0) / seen.length);
}
