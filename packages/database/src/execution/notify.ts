import type { PoolClient } from 'pg';

/** The channel on which every change of a run is told, with `{runId, organizationId}` as JSON. */
export const runChannel = 'espalier_run';

/** PostgreSQL sends it when the transaction commits, and sends equal ones of one transaction once. */
export async function notifyRun(client: PoolClient, { runId, organizationId }: { runId: string; organizationId: string }): Promise<void> {
  await client.query('SELECT pg_notify($1, $2)', [runChannel, JSON.stringify({ runId, organizationId })]);
}
