import { DatasetLocationSchema, EspalierError, type DatasetLocation, type DatasetSummary, type WireError } from '@espalier/core';
import type { Pool } from 'pg';

/**
 * Where a dataset that waits for its inspection lies; null when it was inspected before.
 * @throws EspalierError `NOT_FOUND`.
 */
export async function datasetToInspect(pool: Pool, datasetId: string): Promise<DatasetLocation | null> {
  const { rows } = await pool.query<{ format: string; path: string; status: string }>(
    `SELECT "format", "path", "status" FROM "Dataset" WHERE "id" = $1`,
    [datasetId],
  );
  const row = rows[0];
  if (row === undefined) throw new EspalierError('NOT_FOUND', `there is no dataset ${datasetId}`);
  return row.status === 'inspecting' ? DatasetLocationSchema.parse({ format: row.format, path: row.path }) : null;
}

/** Keeps what the inspection found. Only the first outcome counts. */
export async function acceptDataset(pool: Pool, datasetId: string, summary: DatasetSummary): Promise<void> {
  await pool.query(
    `UPDATE "Dataset" SET "status" = 'ready', "error" = NULL, "digest" = $2, "summary" = $3 WHERE "id" = $1 AND "status" = 'inspecting'`,
    [datasetId, summary.digest, JSON.stringify(summary)],
  );
}

/** Keeps why a dataset cannot be used. Only the first outcome counts. */
export async function refuseDataset(pool: Pool, datasetId: string, error: WireError): Promise<void> {
  await pool.query(`UPDATE "Dataset" SET "status" = 'refused', "error" = $2 WHERE "id" = $1 AND "status" = 'inspecting'`, [
    datasetId,
    JSON.stringify(error),
  ]);
}

/** Ids of the datasets whose rows say that they still wait for their inspection. */
export async function uninspectedDatasets(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(`SELECT "id" FROM "Dataset" WHERE "status" = 'inspecting' ORDER BY "createdAt"`);
  return rows.map(({ id }) => id);
}
