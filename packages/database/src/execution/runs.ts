import {
  DatasetLocationSchema,
  EspalierError,
  RecipeSchema,
  type DatasetLocation,
  type Digest,
  type Recipe,
  type WireError,
} from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { unneededCheckpoints } from './checkpoints.ts';
import { notifyRun } from './notify.ts';
import { writeLines } from './report.ts';
import { inTransaction } from './transaction.ts';

/** What a run works with, as its row and those it refers to say. */
export interface RunInputs {
  readonly recipe: Recipe;
  readonly dataset: { readonly location: DatasetLocation; readonly digest: Digest | null };
  readonly model: { readonly architecture: string; readonly inputShape: [number, number, number]; readonly classes: number };
  /** Digest of the network of the version that the run begins with. */
  readonly input: Digest | null;
}

/**
 * Reads what a run works with. It stays queued until a worker takes its first stage.
 * @throws EspalierError `NOT_FOUND` without such a run, `CANCELLED` when it has ended.
 */
export async function readRunInputs(pool: Pool, runId: string): Promise<RunInputs> {
  const { rows } = await pool.query<RunRow>(
    `SELECT r."status", r."recipe", d."format", d."path", d."digest" AS "datasetDigest",
            m."architecture", m."inputShape", m."classes", v."digest" AS "inputDigest"
     FROM "Run" r
     JOIN "Dataset" d ON d."id" = r."datasetId"
     JOIN "Model" m ON m."id" = r."modelId"
     LEFT JOIN "ModelVersion" v ON v."id" = r."inputVersionId"
     WHERE r."id" = $1`,
    [runId],
  );
  const row = rows[0];
  if (row === undefined) throw new EspalierError('NOT_FOUND', `there is no run ${runId}`);
  if (row.status !== 'queued' && row.status !== 'running') {
    throw new EspalierError('CANCELLED', `run ${runId} has ended as ${row.status}: it is not begun again`);
  }
  const [height, width, channels] = row.inputShape;
  return {
    recipe: RecipeSchema.parse(row.recipe),
    dataset: { location: DatasetLocationSchema.parse({ format: row.format, path: row.path }), digest: row.datasetDigest },
    model: { architecture: row.architecture, inputShape: [height ?? 0, width ?? 0, channels ?? 0], classes: row.classes },
    input: row.inputDigest,
  };
}

interface RunRow {
  status: string;
  recipe: unknown;
  format: string;
  path: string;
  datasetDigest: string | null;
  architecture: string;
  inputShape: number[];
  classes: number;
  inputDigest: string | null;
}

/** Marks a run that is done. Stages that it came through without, because its rounds ended early, were skipped. Doing it again changes nothing. */
export async function finishRun(pool: Pool, runId: string): Promise<void> {
  await end(pool, runId, async (client) => {
    await client.query(`UPDATE "Run" SET "status" = 'succeeded', "finishedAt" = now() WHERE "id" = $1`, [runId]);
    await client.query(`UPDATE "RunStage" SET "status" = 'skipped' WHERE "runId" = $1 AND "status" = 'waiting'`, [runId]);
  });
}

export type RunEnd = { readonly status: 'cancelled' } | { readonly status: 'failed'; readonly error: WireError };

/**
 * Ends a run that did not come through: what was going on ends like the run, what had not begun never will. Raises the fence, so that a
 * trainer that is still alive somewhere can write nothing more. A run that has ended stays as it is.
 * @returns digests of checkpoints that nobody needs any more.
 */
export async function endRun(pool: Pool, runId: string, outcome: RunEnd): Promise<string[]> {
  const error = outcome.status === 'failed' ? outcome.error : null;
  let checkpoints: string[] = [];
  await end(pool, runId, async (client) => {
    await client.query(`UPDATE "Run" SET "status" = $2, "error" = $3, "fence" = "fence" + 1, "finishedAt" = now() WHERE "id" = $1`, [
      runId,
      outcome.status,
      error === null ? null : JSON.stringify(error),
    ]);
    await client.query(
      `UPDATE "RunStage" SET "status" = $2, "error" = coalesce($3, "error"), "finishedAt" = now() WHERE "runId" = $1 AND "status" = 'running'`,
      [runId, outcome.status, error === null ? null : JSON.stringify(error)],
    );
    await client.query(`UPDATE "RunStage" SET "status" = 'cancelled' WHERE "runId" = $1 AND "status" = 'waiting'`, [runId]);
    if (error !== null) await writeLines(client, runId, [{ level: 'error', text: error.message.slice(0, 4000) }]);
    checkpoints = await dropCheckpoints(client, runId);
  });
  return checkpoints;
}

/** Ends a run that has not ended yet. */
async function end(pool: Pool, runId: string, write: (client: PoolClient) => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ organizationId: string }>(
      `SELECT "organizationId" FROM "Run" WHERE "id" = $1 AND "status" IN ('queued', 'running') FOR NO KEY UPDATE`,
      [runId],
    );
    if (rows[0] === undefined) return;
    await write(client);
    await notifyRun(client, { runId, organizationId: rows[0].organizationId });
  });
}

async function dropCheckpoints(client: PoolClient, runId: string): Promise<string[]> {
  const { rows: dropped } = await client.query<{ digest: string }>(
    `SELECT DISTINCT checkpoint ->> 'digest' AS digest FROM "RunStage", jsonb_array_elements("checkpoints") AS checkpoint WHERE "runId" = $1`,
    [runId],
  );
  await client.query(`UPDATE "RunStage" SET "checkpoints" = '[]' WHERE "runId" = $1`, [runId]);
  return unneededCheckpoints(
    client,
    dropped.map(({ digest }) => digest),
  );
}

/** The runs whose rows say that they still go on, oldest first. `pool` names the workers that their recipes ask for. */
export async function unfinishedRuns(pool: Pool): Promise<{ runId: string; pool: string }[]> {
  const { rows } = await pool.query<{ runId: string; pool: string }>(
    `SELECT "id" AS "runId", "recipe" ->> 'pool' AS "pool" FROM "Run" WHERE "status" IN ('queued', 'running') ORDER BY "createdAt"`,
  );
  return rows;
}
