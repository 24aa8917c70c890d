import { EspalierError } from '@espalier/core';
import { acceptDataset, datasetToInspect } from '@espalier/database';
import type { CandidateRequest, StageJob, StageOutcome, StageRequest } from '../contract/index.ts';
import type { TrainerDependencies } from './dependencies.ts';
import { asActivities } from './guard.ts';
import { JobRunner } from './job-runner.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { runStage } from './run-stage.ts';

/** The activities that start trainers: one for each kind of job, so that Temporal's own tools show which is which. */
export function createTrainerActivities(dependencies: TrainerDependencies) {
  const stage = (request: StageRequest): Promise<StageOutcome> => runStage(dependencies, request);
  return asActivities({
    train: stage,
    analyse: stage,
    prune: stage,
    evaluate: stage,
    fitness: (request: CandidateRequest) => judgeCandidate(dependencies, request),
    inspectDataset: ({ datasetId }: { datasetId: string }) => inspectDataset(dependencies, datasetId),
  } satisfies Record<StageJob['kind'] | 'fitness' | 'inspectDataset', unknown>);
}
export type TrainerActivities = ReturnType<typeof createTrainerActivities>;

/** Reads a dataset through and keeps what was found. Inspected before means inspected. */
async function inspectDataset(dependencies: TrainerDependencies, datasetId: string): Promise<void> {
  const { pool } = dependencies;
  const location = await datasetToInspect(pool, datasetId);
  if (location === null) return;
  const runner = new JobRunner(dependencies, `inspect-${datasetId}`, { write: async () => undefined, checkpoint: async () => undefined });
  await runner.use(async () => {
    runner.heartbeat({ checkpoint: null });
    const { result } = await runner.run({ kind: 'inspect-dataset', seed: 0, dataset: { location, digest: null } }, null);
    if (result.kind !== 'inspect-dataset') throw new EspalierError('INTERNAL', `an inspect-dataset job came back as ${result.kind}`);
    await acceptDataset(pool, datasetId, result.summary);
  });
}
