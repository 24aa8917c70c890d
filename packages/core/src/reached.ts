import { assertNever } from './assert-never.ts';
import type { Measurement } from './measurement.ts';
import type { Target } from './recipe.ts';

type Measured = Pick<Measurement, 'macs' | 'parameters' | 'latency'>;

/** The share of a cost that is gone, rounded once: whoever reckons it comes to the same bits. */
export const removedShare = (before: number, after: number): number => (before - after) / before;

/**
 * The share of a target's measure that is gone; null where it was not measured.
 * @param channels of the groups that were cut, all together.
 */
export function reachedRatio(
  measure: Target['measure'],
  before: Measured,
  after: Measured,
  channels: { readonly before: number; readonly after: number },
): number | null {
  switch (measure) {
    case 'macs':
    case 'parameters':
      return removedShare(before[measure], after[measure]);
    case 'latency':
      return before.latency === undefined || after.latency === undefined
        ? null
        : removedShare(before.latency.medianMs, after.latency.medianMs);
    case 'channels':
      return channels.before === 0 ? null : removedShare(channels.before, channels.after);
    default:
      return assertNever(measure);
  }
}
