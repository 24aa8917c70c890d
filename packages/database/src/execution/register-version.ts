import { randomUUID } from 'node:crypto';
import { EspalierError, JobResultSchema, type Digest, type LayerSummary, type Measurement } from '@espalier/core';
import type { Pool, PoolClient } from 'pg';
import { asAttempt, type Attempt } from './attempt.ts';
import { StageOutputsSchema } from './begin-stage.ts';
import { markSucceeded, writeStepOutput } from './finish-stage.ts';

/**
 * Registers what a run has made as the model's next version, and finishes the stage that does so, in one transaction. Measurement and layers are those
 * that the run's evaluation found for the network it called `after`, and where its channels come from is what the evaluation wrote down.
 * @throws EspalierError `STALE_ATTEMPT`; `INTERNAL` when the network was never stored or never measured.
 */
export async function registerVersion(
  pool: Pool,
  attempt: Attempt,
  { network, inputsDigest }: { network: Digest; inputsDigest: string },
): Promise<void> {
  await asAttempt(pool, attempt, async (client) => {
    const { runId } = attempt;
    const { measurement, layers, provenance } = await evaluationOf(client, runId);
    const { modelId, inputVersionId } = await lockModel(client, runId);
    await client.query(
      `INSERT INTO "ModelVersion"
         ("id", "modelId", "number", "digest", "bytes", "parameters", "macs", "layers", "measurement", "runId", "parentId", "provenanceDigest", "createdAt")
       VALUES ($1, $2, 1 + coalesce((SELECT max("number") FROM "ModelVersion" WHERE "modelId" = $2), 0),
               $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
       ON CONFLICT ("runId") DO NOTHING`,
      [
        randomUUID(),
        modelId,
        network,
        await bytesOf(client, network),
        measurement.parameters,
        measurement.macs,
        JSON.stringify(layers),
        JSON.stringify(measurement),
        runId,
        inputVersionId,
        provenance,
      ],
    );
    await writeStepOutput(client, attempt, { inputsDigest, result: null, outputs: {} });
    await markSucceeded(client, runId, attempt.stage);
  });
}

interface FoundByEvaluation {
  readonly measurement: Measurement;
  readonly layers: LayerSummary[];
  readonly provenance: Digest | null;
}

async function evaluationOf(client: PoolClient, runId: string): Promise<FoundByEvaluation> {
  const { rows } = await client.query<{ result: unknown; outputs: unknown }>(
    `SELECT "result", "outputs" FROM "StepOutput" WHERE "runId" = $1 AND "stage" = 'evaluate'`,
    [runId],
  );
  const found = JobResultSchema.safeParse(rows[0]?.result);
  const measurement = found.data?.kind === 'evaluate' ? found.data.measurements.after : undefined;
  if (found.data?.kind !== 'evaluate' || measurement === undefined) {
    throw new EspalierError('INTERNAL', `run ${runId} wants to register a network that it has not measured`);
  }
  const { provenance } = StageOutputsSchema.parse(rows[0]?.outputs);
  return { measurement, layers: found.data.layers.after ?? [], provenance: provenance?.digest ?? null };
}

/** Holds the model's row: two runs that end at the same moment get two numbers. */
async function lockModel(client: PoolClient, runId: string): Promise<{ modelId: string; inputVersionId: string | null }> {
  const { rows } = await client.query<{ modelId: string; inputVersionId: string | null }>(
    `SELECT m."id" AS "modelId", r."inputVersionId" FROM "Model" m JOIN "Run" r ON r."modelId" = m."id" WHERE r."id" = $1 FOR NO KEY UPDATE OF m`,
    [runId],
  );
  const row = rows[0];
  if (row === undefined) throw new EspalierError('NOT_FOUND', `there is no run ${runId}`);
  return row;
}

async function bytesOf(client: PoolClient, digest: Digest): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(`SELECT "bytes" FROM "Artifact" WHERE "digest" = $1`, [digest]);
  const row = rows[0];
  if (row === undefined) throw new EspalierError('INTERNAL', `the network ${digest} was never stored as an artifact`);
  return Number(row.bytes);
}
