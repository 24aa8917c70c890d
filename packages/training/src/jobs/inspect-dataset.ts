import type { InspectDatasetJob } from '@espalier/core';
import { inspectDataset } from '@espalier/datasets';
import type { JobContext, JobOutcome } from '../context.ts';

/** Reads a dataset through once: digest, classes, counts, sample pictures. */
export async function runInspectDataset({ dataset }: InspectDatasetJob, context: JobContext): Promise<JobOutcome> {
  context.progress('reading');
  const summary = await inspectDataset(dataset, context.reading);
  await context.breatheOrStop();
  return { result: { kind: 'inspect-dataset', summary }, outputs: [] };
}
