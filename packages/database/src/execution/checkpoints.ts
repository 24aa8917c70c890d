import { DigestSchema } from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { asAttempt, type Attempt } from './attempt.ts';

/** A place in a stage from which it can go on. `attempt` is the number of the attempt that came this far. */
export const CheckpointSchema = z.object({
  digest: DigestSchema,
  epoch: z.number().int().nonnegative(),
  step: z.number().int().nonnegative(),
  attempt: z.number().int().positive(),
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;

/** Two, so that one which turns out to be damaged costs no more than the time between two. */
const checkpointsKept = 2;

/**
 * Notes a checkpoint that is in the storage.
 * @returns digests that no stage refers to any more: the caller removes them from the storage.
 */
export async function noteCheckpoint(pool: Pool, attempt: Attempt, checkpoint: Omit<Checkpoint, 'attempt'>): Promise<string[]> {
  return asAttempt(pool, attempt, async (client) => {
    const known = await checkpointsOf(client, attempt);
    const noted = [{ ...checkpoint, attempt: attempt.number }, ...known.filter(({ digest }) => digest !== checkpoint.digest)];
    return keepCheckpoints(client, attempt, noted.slice(0, checkpointsKept), noted.slice(checkpointsKept));
  });
}

/** The checkpoints noted for a stage, newest first. */
export async function checkpointsOf(client: PoolClient, { runId, stage }: Pick<Attempt, 'runId' | 'stage'>): Promise<Checkpoint[]> {
  const { rows } = await client.query<{ checkpoints: unknown }>(
    `SELECT "checkpoints" FROM "RunStage" WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`,
    [runId, stage.name, stage.round],
  );
  return CheckpointSchema.array().parse(rows[0]?.checkpoints ?? []);
}

/** Writes down which checkpoints of a stage are kept; of the others returns those that nobody needs any more. */
export async function keepCheckpoints(
  client: PoolClient,
  { runId, stage }: Pick<Attempt, 'runId' | 'stage'>,
  kept: readonly Checkpoint[],
  dropped: readonly Checkpoint[],
): Promise<string[]> {
  await client.query(`UPDATE "RunStage" SET "checkpoints" = $4 WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`, [
    runId,
    stage.name,
    stage.round,
    JSON.stringify(kept),
  ]);
  return unneededCheckpoints(
    client,
    dropped.map(({ digest }) => digest),
  );
}

/** Those of `digests` that no stage keeps as a checkpoint. Equal runs make equal checkpoints, so one run must not take away another's. */
export async function unneededCheckpoints(client: PoolClient, digests: readonly string[]): Promise<string[]> {
  if (digests.length === 0) return [];
  const { rows } = await client.query<{ digest: string }>(
    `SELECT dropped."digest" FROM unnest($1::text[]) AS dropped ("digest")
     WHERE NOT EXISTS (
       SELECT 1 FROM "RunStage" WHERE "checkpoints" @> jsonb_build_array(jsonb_build_object('digest', dropped."digest"))
     )`,
    [digests],
  );
  return rows.map(({ digest }) => digest);
}
