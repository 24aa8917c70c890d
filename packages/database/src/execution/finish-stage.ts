import { RecipeSchema, type ArtifactRef, type JobResult, type StageKey } from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { asAttempt, type Attempt } from './attempt.ts';
import type { StageOutputs } from './begin-stage.ts';
import { checkpointsOf, keepCheckpoints } from './checkpoints.ts';
import { RunResultSchema, withFindings } from './run-result.ts';

export interface FinishedStage {
  readonly inputsDigest: string;
  readonly result: JobResult;
  readonly outputs: StageOutputs;
}

/**
 * Writes what a stage found and made, and that it is done, in one transaction: it is either done or it is not.
 * @returns digests of checkpoints that nobody needs any more: the caller removes them from the storage.
 * @throws EspalierError `STALE_ATTEMPT`.
 */
export async function finishStage(pool: Pool, attempt: Attempt, finished: FinishedStage): Promise<string[]> {
  return asAttempt(pool, attempt, async (client) => {
    await writeArtifacts(client, Object.values(finished.outputs));
    await writeStepOutput(client, attempt, finished);
    await writeFindings(client, attempt.runId, finished.result);
    await markSucceeded(client, attempt.runId, attempt.stage);
    return keepCheckpoints(client, attempt, [], await checkpointsOf(client, attempt));
  });
}

/**
 * Writes what one of several steps of a stage found and made; the stage goes on. A step that was finished before stays as it was.
 * @throws EspalierError `STALE_ATTEMPT`.
 */
export async function finishStep(pool: Pool, attempt: Attempt, finished: FinishedStage): Promise<void> {
  await asAttempt(pool, attempt, async (client) => {
    await writeArtifacts(client, Object.values(finished.outputs));
    await writeStepOutput(client, attempt, finished);
  });
}

export async function writeStepOutput(
  client: PoolClient,
  { runId, stage }: Attempt,
  { inputsDigest, result, outputs }: Omit<FinishedStage, 'result'> & { result: JobResult | null },
): Promise<void> {
  await client.query(
    `INSERT INTO "StepOutput" ("runId", "stage", "round", "inputsDigest", "result", "outputs") VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [runId, stage.name, stage.round, inputsDigest, JSON.stringify(result), JSON.stringify(outputs)],
  );
}

export async function markSucceeded(client: PoolClient, runId: string, { name, round }: StageKey): Promise<void> {
  await client.query(
    `UPDATE "RunStage" SET "status" = 'succeeded', "error" = NULL, "finishedAt" = now() WHERE "runId" = $1 AND "name" = $2 AND "round" = $3`,
    [runId, name, round],
  );
}

async function writeArtifacts(client: PoolClient, artifacts: readonly ArtifactRef[]): Promise<void> {
  await client.query(
    `INSERT INTO "Artifact" ("digest", "kind", "bytes") SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
     ON CONFLICT ("digest") DO NOTHING`,
    [artifacts.map(({ digest }) => digest), artifacts.map(({ kind }) => kind), artifacts.map(({ bytes }) => bytes)],
  );
}

async function writeFindings(client: PoolClient, runId: string, found: JobResult): Promise<void> {
  const { rows } = await client.query<{ recipe: unknown; result: unknown }>(`SELECT "recipe", "result" FROM "Run" WHERE "id" = $1`, [
    runId,
  ]);
  const known = RunResultSchema.parse(rows[0]?.result ?? {});
  const result = withFindings(known, RecipeSchema.parse(rows[0]?.recipe), found);
  await client.query(`UPDATE "Run" SET "result" = $2 WHERE "id" = $1`, [runId, JSON.stringify(result)]);
}
