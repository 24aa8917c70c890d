import { Context } from '@temporalio/activity';
import { EspalierError, toWireError } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { beginStage, doneStep, noteCheckpoint, noteFailure, reportStage, type Attempt, type BegunStage } from '@espalier/database';
import type { StageJob, StageOutcome, StageRequest } from '../contract/index.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TrainerDependencies } from './dependencies.ts';
import { isConnectionError } from './failure.ts';
import { JobRunner } from './job-runner.ts';
import { keepOutcome, outcomeOf } from './outcome.ts';
import { patiently } from './patience.ts';
import { placeCheckpoint, refuseHopeless } from './resume.ts';
import { attemptStep } from './step.ts';
import { storeCheckpoint } from './store-checkpoint.ts';

/**
 * One attempt at one stage: a trainer is given the job and what it says is written down. Done before means done: a stage that was finished with the
 * same inputs gives its outputs again, and computes nothing.
 */
export async function runStage(dependencies: TrainerDependencies, { runId, stage, job }: StageRequest): Promise<StageOutcome> {
  const { pool } = dependencies;
  const context = Context.current();
  if (job.kind === 'analyse' && job.judged !== undefined) return goOnWithSearch(dependencies, { runId, stage, job });
  const inputsDigest = digestOf(canonicalJson(job));
  const begun = await beginStage(pool, runId, stage, inputsDigest);
  if (begun.done !== null) return outcomeOf(begun.done);
  refuseHopeless(begun);
  try {
    return await attemptStage(dependencies, begun, job, inputsDigest);
  } catch (error) {
    // To be told to stop is no failure of the stage, and when it was overtaken it is no longer ours to write about.
    const blameless = context.cancellationSignal.aborted || (error instanceof EspalierError && error.code === 'STALE_ATTEMPT');
    if (!blameless && !isConnectionError(error)) await noteFailure(pool, begun.attempt, toWireError(error));
    throw error;
  }
}

async function attemptStage(
  dependencies: TrainerDependencies,
  begun: BegunStage,
  job: StageJob,
  inputsDigest: string,
): Promise<StageOutcome> {
  const { pool, storage } = dependencies;
  const { attempt } = begun;
  const runner = new JobRunner(dependencies, `${attempt.runId}-${attempt.stage.name}-${attempt.stage.round}-${attempt.fence}`, {
    write: (report) => reportStage(pool, attempt, report),
    checkpoint: async (file, { epoch, step }) => {
      const digest = await storeCheckpoint(storage, file);
      if (digest === null) return;
      const dropped = await patiently(runner.stopSignal, () => noteCheckpoint(pool, attempt, { digest, epoch, step }));
      runner.heartbeat({ checkpoint: digest });
      for (const old of dropped) await storage.remove(old);
    },
  });
  return runner.use(async () => {
    const checkpoint = await placeCheckpoint(begun, Context.current().info.heartbeatDetails, {
      storage,
      folder: runner.folder,
      onDamaged: ({ message }) => runner.line('warning', `A checkpoint cannot be used: ${message}`),
    });
    runner.heartbeat({ checkpoint: checkpoint?.digest ?? null });
    if (attempt.number > 1) runner.line('info', beginning(attempt, begun));
    const done = await runner.run(job, checkpoint?.file ?? null);
    return keepOutcome(dependencies, runner, attempt, { job, inputsDigest, done });
  });
}

/** A later analysis of a stage, which a search has left open: one step of several. */
async function goOnWithSearch(dependencies: TrainerDependencies, { runId, stage, job }: StageRequest): Promise<StageOutcome> {
  const { pool } = dependencies;
  const inputsDigest = digestOf(canonicalJson(job));
  const before = await doneStep(pool, runId, stage, inputsDigest);
  if (before !== null) return outcomeOf(before);
  return attemptStep(dependencies, { runId, stage, name: 'the analysis that goes on with the search' }, async (attempt) => {
    const runner = new JobRunner(dependencies, `${runId}-${stage.name}-${stage.round}-${inputsDigest.slice(0, 16)}`, {
      write: (report) => reportStage(pool, attempt, report),
      checkpoint: async () => undefined,
    });
    return runner.use(async () => {
      runner.heartbeat({ checkpoint: null });
      return keepOutcome(dependencies, runner, attempt, { job, inputsDigest, done: await runner.run(job, null) });
    });
  });
}

function beginning({ number }: Attempt, { checkpoints }: BegunStage): string {
  const newest = checkpoints[0];
  return newest === undefined
    ? `Attempt ${number} begins anew: there is no checkpoint yet.`
    : `Attempt ${number} goes on from epoch ${newest.epoch}, step ${newest.step}.`;
}
