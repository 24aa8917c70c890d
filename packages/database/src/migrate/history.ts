import type { ClientBase } from 'pg';

/** A row of the table in which Prisma, too, keeps what has been applied. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly rolledBack: boolean;
  readonly logs: string | null;
}

/** The table as Prisma's own engine makes it, so that `prisma migrate deploy` and this runner can take turns. */
export async function ensureHistory(client: ClientBase): Promise<void> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum VARCHAR(64) NOT NULL,
      finished_at TIMESTAMPTZ,
      migration_name VARCHAR(255) NOT NULL,
      logs TEXT,
      rolled_back_at TIMESTAMPTZ,
      started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
      applied_steps_count INTEGER NOT NULL DEFAULT 0
    )`);
}

export async function readHistory(client: ClientBase): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(`
    SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS "rolledBack", logs
    FROM _prisma_migrations ORDER BY started_at`);
  return rows;
}

export async function noteStarted(
  client: ClientBase,
  { id, name, checksum }: { id: string; name: string; checksum: string },
): Promise<void> {
  await client.query('INSERT INTO _prisma_migrations (id, migration_name, checksum) VALUES ($1, $2, $3)', [id, name, checksum]);
}

export async function noteFinished(client: ClientBase, id: string): Promise<void> {
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
}

export async function noteRolledBack(client: ClientBase, id: string, logs: string): Promise<void> {
  await client.query('UPDATE _prisma_migrations SET rolled_back_at = now(), logs = $2 WHERE id = $1', [id, logs]);
}
