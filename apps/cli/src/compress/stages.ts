import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { JobResultSchema, OutputFileSchema, seedOfStage, type JobResult, type OutputFile, type StageKey } from '@espalier/core';
import { digestOf, digestOfFile, writeFileAtomically } from '@espalier/core/node';
import type { JobContext, JobOutcome } from '@espalier/training';
import { z } from 'zod';
import type { LocalMachine } from '../local-job.ts';
import { checkWorkFolder } from '../work-folder.ts';

export interface DoneStage {
  readonly stage: StageKey;
  readonly result: JobResult;
  readonly outputs: readonly OutputFile[];
}

/** What a stage left behind, and the digest of all that decided it. */
const OutcomeSchema = z.object({ identity: z.string(), result: JobResultSchema, outputs: z.array(OutputFileSchema) });

const outcomeFile = 'outcome.json';

export interface StageWork {
  readonly stage: StageKey;
  /** Everything that decides what the stage makes: settings, and the digests of what it reads. */
  readonly decidedBy: unknown;
  readonly run: (base: { workDirectory: string; seed: number }, context: JobContext) => Promise<JobOutcome>;
}

/** The stages of one run in one folder. What was done before with the same inputs is not done again, so a run that was killed goes on. */
export class Stages {
  readonly done: DoneStage[] = [];
  readonly #folder: string;
  readonly #seed: number;
  readonly #machine: LocalMachine;

  private constructor(folder: string, seed: number, machine: LocalMachine) {
    this.#folder = folder;
    this.#seed = seed;
    this.#machine = machine;
  }

  /** @throws EspalierError CONFLICT for a folder in which something lies already, unless the run is to go on there. */
  static async in(folder: string, { seed, resume }: { seed: number; resume: boolean }, machine: LocalMachine): Promise<Stages> {
    await checkWorkFolder(folder, { resume });
    return new Stages(folder, seed, machine);
  }

  async do({ stage, decidedBy, run }: StageWork): Promise<DoneStage> {
    const name = stage.round === 0 ? stage.name : `${stage.name}-${stage.round}`;
    const workDirectory = path.join(this.#folder, name);
    const seed = seedOfStage(this.#seed, stage);
    const identity = digestOf(JSON.stringify([1, stage, seed, decidedBy]));
    const file = path.join(workDirectory, outcomeFile);
    const context = this.#machine.contextFor(name);
    const before = await doneBefore(file, identity);
    if (typeof before === 'string') context.info(`${before}: it is done anew`);
    const isDone = before !== null && typeof before === 'object';
    const found = isDone ? before : await this.#attempt({ workDirectory, seed }, context, file, identity, run);
    const done = { stage, ...found };
    this.done.push(done);
    return done;
  }

  async #attempt(
    base: { workDirectory: string; seed: number },
    context: JobContext,
    file: string,
    identity: string,
    run: StageWork['run'],
  ): Promise<Omit<DoneStage, 'stage'>> {
    await mkdir(base.workDirectory, { recursive: true });
    const { result, outputs } = await run(base, context);
    await writeFileAtomically(file, `${JSON.stringify({ identity, result, outputs }, null, 1)}\n`);
    return { result, outputs };
  }
}

/** What the stage left; why that is of no use, unless it was decided by the same inputs and its files are still what they were; null if it left nothing. */
async function doneBefore(file: string, identity: string): Promise<Omit<DoneStage, 'stage'> | string | null> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
  const outcome = OutcomeSchema.safeParse(json);
  if (!outcome.success) return `${file} is not the outcome of a stage`;
  if (outcome.data.identity !== identity) return 'what lies here was made with other settings, or from other files';
  const folder = path.dirname(file);
  // The folder may have been moved since.
  const outputs = outcome.data.outputs.map((output) => ({ ...output, path: path.join(folder, path.basename(output.path)) }));
  const whole = await Promise.all(outputs.map(async (output) => (await digestOfFile(output.path).catch(() => null)) === output.digest));
  const changed = outputs.find((_, index) => whole[index] !== true);
  return changed === undefined ? { result: outcome.data.result, outputs } : `${changed.path} is not the file that was written`;
}
