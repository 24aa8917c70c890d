import {
  ArtifactRefSchema,
  EspalierError,
  JobResultSchema,
  WireErrorSchema,
  type JobResult,
  type StageKey,
  type WireError,
} from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { lockRun, type Attempt } from './attempt.ts';
import { checkpointsOf, type Checkpoint } from './checkpoints.ts';
import { notifyRun } from './notify.ts';
import { inTransaction } from './transaction.ts';

export const StageOutputsSchema = z.record(z.string(), ArtifactRefSchema);
/** The artifacts that a stage made, by the names that the trainer gave them. */
export type StageOutputs = z.infer<typeof StageOutputsSchema>;

export interface BegunStage {
  readonly attempt: Attempt;
  /** Newest first. */
  readonly checkpoints: readonly Checkpoint[];
  /** How many attempts before this one have ended since the newest checkpoint was made. */
  readonly attemptsWithoutProgress: number;
  /** Why the attempt before this one failed, if it lived to say so. */
  readonly lastError: WireError | null;
}
/** What a finished step found and made; no trainer works on a stage without a result. */
export interface DoneStep {
  readonly outputs: StageOutputs;
  readonly result: JobResult | null;
}

/** What was done before with the same inputs need not be done again. */
export type StageStart = { readonly done: DoneStep } | ({ readonly done: null } & BegunStage);

/**
 * Begins an attempt at a stage, unless the stage was finished before with the same inputs. From here on whatever earlier attempts at this run still
 * write is refused.
 * @throws EspalierError `NOT_FOUND` without such a run, `CANCELLED` when the run has ended.
 */
export async function beginStage(pool: Pool, runId: string, stage: StageKey, inputsDigest: string): Promise<StageStart> {
  return inTransaction(pool, async (client) => {
    const run = await lockRun(client, runId);
    if (run.status !== 'queued' && run.status !== 'running') {
      throw new EspalierError('CANCELLED', `run ${runId} has ended as ${run.status}: nothing more is begun for it`);
    }
    const done = await outputsOf(client, runId, stage, inputsDigest);
    if (done !== null) return { done };
    const fence = run.fence + 1;
    await client.query(`UPDATE "Run" SET "fence" = $2, "status" = 'running', "startedAt" = coalesce("startedAt", now()) WHERE "id" = $1`, [
      runId,
      fence,
    ]);
    const { number, lastError } = await takeStage(client, runId, stage, fence);
    await notifyRun(client, { runId, organizationId: run.organizationId });
    const checkpoints = await checkpointsOf(client, { runId, stage });
    const attemptsWithoutProgress = number - 1 - (checkpoints[0]?.attempt ?? 0);
    return { done: null, attempt: { runId, stage, fence, number }, checkpoints, attemptsWithoutProgress, lastError };
  });
}

/** What was made of the same inputs before, or null. */
export async function outputsOf(
  client: PoolClient,
  runId: string,
  { name, round }: StageKey,
  inputsDigest: string,
): Promise<DoneStep | null> {
  const { rows } = await client.query<{ outputs: unknown; result: unknown }>(
    `SELECT "outputs", "result" FROM "StepOutput" WHERE "runId" = $1 AND "stage" = $2 AND "round" = $3 AND "inputsDigest" = $4`,
    [runId, name, round, inputsDigest],
  );
  const row = rows[0];
  // A result that an earlier release wrote in other words is no hindrance: what was made is what counts.
  return row === undefined
    ? null
    : { outputs: StageOutputsSchema.parse(row.outputs), result: JobResultSchema.nullable().catch(null).parse(row.result) };
}

/** Marks the stage as running; its error stays until the stage ends, so that one who watches sees why it is tried again. */
async function takeStage(client: PoolClient, runId: string, { name, round }: StageKey, fence: number) {
  const { rows } = await client.query<{ attempt: number; error: unknown }>(
    `UPDATE "RunStage"
     SET "status" = 'running', "attempt" = "attempt" + 1, "fence" = $4, "progress" = NULL, "startedAt" = coalesce("startedAt", now())
     WHERE "runId" = $1 AND "name" = $2 AND "round" = $3
     RETURNING "attempt", "error"`,
    [runId, name, round, fence],
  );
  const row = rows[0];
  if (row === undefined) throw new EspalierError('INTERNAL', `run ${runId} was written without its stage ${name} of round ${round}`);
  return { number: row.attempt, lastError: WireErrorSchema.nullable().parse(row.error) };
}
