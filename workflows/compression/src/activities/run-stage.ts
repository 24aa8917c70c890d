import { Context } from '@temporalio/activity';
import { EspalierError, toWireError, type ArtifactRef, type JobResult, type OutputFile } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { beginStage, finishStage, noteCheckpoint, noteFailure, reportStage, type Attempt, type BegunStage } from '@espalier/database';
import type { StageJob, StageOutcome, StageRequest } from '../contract/index.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TrainerDependencies } from './dependencies.ts';
import { isConnectionError } from './failure.ts';
import { JobRunner } from './job-runner.ts';
import { patiently } from './patience.ts';
import { placeCheckpoint, refuseHopeless } from './resume.ts';

/** The outputs without which a job of a kind is not done; an analysis that found nothing more to remove has none. */
const outputsNeeded: Record<StageJob['kind'], readonly string[]> = {
  train: ['network'],
  analyse: ['plan'],
  prune: ['network'],
  evaluate: [],
};

/**
 * One attempt at one stage: a trainer is given the job and what it says is written down. Done before means done: a stage that was finished with the
 * same inputs gives its outputs again, and computes nothing.
 */
export async function runStage(dependencies: TrainerDependencies, { runId, stage, job }: StageRequest): Promise<StageOutcome> {
  const { pool } = dependencies;
  const context = Context.current();
  const inputsDigest = digestOf(canonicalJson(job));
  const begun = await beginStage(pool, runId, stage, inputsDigest);
  if (begun.done !== null) return { outputs: begun.done };
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
      const { digest } = await storage.put({ file: file.path }, 'checkpoint');
      checkDigest(file, digest);
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
    if (done.result.kind !== job.kind) throw new EspalierError('INTERNAL', `a ${job.kind} job came back as ${done.result.kind}`);
    const outputs = await storeOutputs(dependencies, done.outputs, nothingToMake(done.result) ? [] : outputsNeeded[job.kind]);
    const finished = { inputsDigest, result: done.result, outputs };
    const dropped = await patiently(runner.stopSignal, () => finishStage(pool, attempt, finished));
    for (const old of dropped) await storage.remove(old);
    return { outputs };
  });
}

const nothingToMake = (result: JobResult): boolean => result.kind === 'analyse' && result.nothingPruned !== undefined;

function beginning({ number }: Attempt, { checkpoints }: BegunStage): string {
  const newest = checkpoints[0];
  return newest === undefined
    ? `Attempt ${number} begins anew: there is no checkpoint yet.`
    : `Attempt ${number} goes on from epoch ${newest.epoch}, step ${newest.step}.`;
}

async function storeOutputs(
  { storage }: TrainerDependencies,
  files: readonly OutputFile[],
  needed: readonly string[],
): Promise<Record<string, ArtifactRef>> {
  const outputs: Record<string, ArtifactRef> = {};
  for (const file of files) {
    const artifact = await storage.put({ file: file.path }, file.kind);
    checkDigest(file, artifact.digest);
    outputs[file.name] = artifact;
  }
  const missing = needed.filter((name) => outputs[name] === undefined);
  if (missing.length > 0) throw new EspalierError('INTERNAL', `the trainer was done without making its ${missing.join(' and ')}`);
  return outputs;
}

function checkDigest({ name, digest, path }: OutputFile, stored: string): void {
  if (stored === digest) return;
  throw new EspalierError(
    'TRAINER_CRASHED',
    `the ${name} at ${path} is not what the trainer wrote: it has digest ${stored} instead of ${digest}`,
    {
      hint: 'The disk of this worker may be failing.',
    },
  );
}
