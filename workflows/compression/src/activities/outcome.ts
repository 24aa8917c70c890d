import { EspalierError, remainderOf, type ArtifactRef, type FinalMessage, type JobResult, type OutputFile } from '@espalier/core';
import { finishStage, finishStep, type Attempt, type DoneStep } from '@espalier/database';
import type { StageJob, StageOutcome } from '../contract/index.ts';
import type { TrainerDependencies } from './dependencies.ts';
import type { JobRunner } from './job-runner.ts';
import { patiently } from './patience.ts';

/** The outputs without which a job of a kind is not done; an analysis that found nothing more to remove has none. */
const outputsNeeded: Record<StageJob['kind'], readonly string[]> = {
  train: ['network'],
  analyse: ['plan'],
  prune: ['network'],
  evaluate: [],
};

/** What a stage hands on, of what one of its steps has made. */
export function outcomeOf({ outputs, result }: DoneStep): StageOutcome {
  if (result?.kind === 'analyse') return { outputs, remainder: remainderOf(result) };
  if (result?.kind !== 'search') return { outputs };
  const { kind: _kind, ...search } = result;
  return { outputs, search };
}

/** Keeps what a trainer has made and found. The stage is done then, unless a search has to go on before it can be. */
export async function keepOutcome(
  dependencies: TrainerDependencies,
  runner: JobRunner,
  attempt: Attempt,
  { job, inputsDigest, done: { result, outputs: files } }: Kept,
): Promise<StageOutcome> {
  const { pool, storage } = dependencies;
  const isOpen = job.kind === 'analyse' && result.kind === 'search';
  if (result.kind !== job.kind && !isOpen) throw new EspalierError('INTERNAL', `a ${job.kind} job came back as ${result.kind}`);
  const needed = isOpen ? ['search'] : nothingToMake(result) ? [] : outputsNeeded[job.kind];
  const outputs = await storeOutputs(dependencies, files, needed);
  const finished = { inputsDigest, result, outputs };
  if (isOpen) await patiently(runner.stopSignal, () => finishStep(pool, attempt, finished));
  else {
    const dropped = await patiently(runner.stopSignal, () => finishStage(pool, attempt, finished));
    for (const old of dropped) await storage.remove(old);
  }
  return outcomeOf({ outputs, result });
}

interface Kept {
  readonly job: StageJob;
  readonly inputsDigest: string;
  readonly done: Extract<FinalMessage, { type: 'done' }>;
}

const nothingToMake = (result: JobResult): boolean => result.kind === 'analyse' && result.nothingPruned !== undefined;

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

export function checkDigest({ name, digest, path }: OutputFile, stored: string): void {
  if (stored === digest) return;
  throw new EspalierError(
    'TRAINER_CRASHED',
    `the ${name} at ${path} is not what the trainer wrote: it has digest ${stored} instead of ${digest}`,
    {
      hint: 'The disk of this worker may be failing.',
    },
  );
}
