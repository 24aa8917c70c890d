import { readFile } from 'node:fs/promises';
import { badInput, EspalierError, JobSchema, type Job } from '@espalier/core';

/** @throws EspalierError `BAD_INPUT`, naming the file or the field. */
export async function readJobFile(file: string | undefined): Promise<Job> {
  if (file === undefined) {
    throw new EspalierError('BAD_INPUT', 'the trainer was started without a job file', {
      hint: 'Start it as: node --import tsx apps/trainer/src/main.ts <job.json>',
    });
  }
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new EspalierError('BAD_INPUT', `the job file ${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name a file that holds one job as JSON.',
      cause,
    });
  }
  const job = JobSchema.safeParse(content);
  if (!job.success) throw badInput('BAD_INPUT', 'job', job.error, `Mend ${file}; the fields are those of JobSchema in packages/core.`);
  return job.data;
}
