import type { Command } from 'commander';
import { positiveNumber, positiveWholeNumber } from '../arguments.ts';
import type { Comparison, Runner } from '@espalier/formats';
import type { Output } from '../output.ts';

export interface ComparisonFlags {
  samples: number;
  tolerance?: number;
  seed?: number;
}

/** The flags that say how two networks are compared. */
export const withComparisonOptions = (command: Command): Command =>
  command
    .option('--samples <count>', 'random inputs to compare on', positiveWholeNumber, 4)
    .option('--tolerance <share>', 'largest difference, as a share of the largest output above 1; left out: 1e-4', positiveNumber);

/** Below this many times the tolerance, an output could be off by a hundredth and still pass. */
const tellingShare = 100;

/**
 * Compares on random inputs and closes both; says on standard error where outputs are so small that the tolerance passes nearly anything. Throws
 * BAD_INPUT where inputs or outputs are not alike.
 */
export async function compare(a: Runner, b: Runner, flags: ComparisonFlags, output: Output): Promise<Comparison> {
  const { samples, tolerance, seed = 0 } = flags;
  const { compareRunners } = await import('@espalier/formats');
  try {
    const comparison = await compareRunners(a, b, { samples, seed, ...(tolerance === undefined ? {} : { tolerance }) });
    if (comparison.largestOutput < tellingShare * comparison.tolerance)
      output.note(
        `warning: no output is above ${comparison.largestOutput.toPrecision(3)}, where a tolerance of ${comparison.tolerance} says little; set --tolerance`,
      );
    return comparison;
  } finally {
    await a.close();
    await b.close();
  }
}

export const comparisonText = (comparison: Comparison): string =>
  `${comparison.equal ? 'equal' : 'not equal'}: ${differenceText(comparison)}`;

export function differenceText({ maxAbsoluteDifference, tolerance, samples }: Comparison): string {
  const difference = maxAbsoluteDifference === 0 ? '0' : maxAbsoluteDifference.toPrecision(3);
  return `${difference} apart at most on ${samples} random input${samples === 1 ? '' : 's'} (tolerance ${tolerance})`;
}
