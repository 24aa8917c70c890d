import { assertNever, type Job } from '@espalier/core';
import {
  runAnalyse,
  runEvaluate,
  runFitness,
  runInspectDataset,
  runPrune,
  runTrain,
  withProvenance,
  type JobContext,
  type JobOutcome,
} from '@espalier/training';
import { collectorFor, planPruning, searchFor } from '@espalier/pruning';

/** Every kind of job, and what does it. */
export async function runJob(job: Job, context: JobContext): Promise<JobOutcome> {
  switch (job.kind) {
    case 'train':
      return runTrain(job, context);
    case 'analyse':
      return runAnalyse(job, context, { collectorFor, planPruning, searchFor });
    case 'fitness':
      return runFitness(job, context, { planPruning });
    case 'prune':
      return runPrune(job, context);
    case 'evaluate':
      return withProvenance(job, await runEvaluate(job, context));
    case 'inspect-dataset':
      return runInspectDataset(job, context);
    default:
      return assertNever(job);
  }
}
