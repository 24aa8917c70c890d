import { assertNever } from './assert-never.ts';
import type { Measurement } from './measurement.ts';
import type { Target } from './recipe.ts';

type Measured = Pick<Measurement, 'macs' | 'parameters' | 'latency'>;

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
      return 1 - after[measure] / before[measure];
    case 'latency':
      return before.latency === undefined || after.latency === undefined ? null : 1 - after.latency.medianMs / before.latency.medianMs;
    case 'channels':
      return channels.before === 0 ? null : 1 - channels.after / channels.before;
    default:
      return assertNever(measure);
  }
}
