import type { TestProject } from 'vitest/node';
import { beginTestRun, endTestRun } from './test-run.ts';

/** Opens the folder that the run's shared servers live in; ends them when the run ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = await beginTestRun();
  project.provide('espalierTestRun', run.directory);
  return () => endTestRun(run);
}
