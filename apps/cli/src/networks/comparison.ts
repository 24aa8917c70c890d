import type { Command } from 'commander';
import { positiveNumber, positiveWholeNumber } from '../arguments.ts';
import type { Comparison, Runner } from '@espalier/formats';

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

/** Compares on random inputs and closes both. Throws BAD_INPUT where inputs or outputs are not alike. */
export async function compare(a: Runner, b: Runner, { samples, tolerance, seed = 0 }: ComparisonFlags): Promise<Comparison> {
  const { compareRunners } = await import('@espalier/formats');
  try {
    return await compareRunners(a, b, { samples, seed, ...(tolerance === undefined ? {} : { tolerance }) });
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
