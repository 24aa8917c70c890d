import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ClassificationMeasurementSchema, type ClassificationMeasurement } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { z } from 'zod';
import { hasCode } from '../processes.ts';
import type { Demonstration } from './demonstrate.ts';
import { comparisonTable } from './table.ts';

const OutcomeSchema = z.object({ before: ClassificationMeasurementSchema, after: ClassificationMeasurementSchema });

const fileIn = (home: string): string => path.join(home, 'demonstration.json');

/** What the demonstration of an earlier start came to; undefined when none has ended well yet. */
export async function keptOutcome(home: string): Promise<z.infer<typeof OutcomeSchema> | undefined> {
  try {
    return OutcomeSchema.parse(JSON.parse(await readFile(fileIn(home), 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Notes that it has ended well. @returns what to show of it */
export async function keepOutcome(home: string, { training, compression }: Demonstration): Promise<string[]> {
  const before: ClassificationMeasurement | null = compression.before ?? training.after;
  const { after } = compression;
  if (before === null || after === null) throw new Error('a run that succeeded carries no measurements');
  await writeFileAtomically(fileIn(home), JSON.stringify({ before, after }, null, 1));
  return comparisonTable(before, after);
}
