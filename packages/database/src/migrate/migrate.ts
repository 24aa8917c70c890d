import { randomUUID } from 'node:crypto';
import { EspalierError } from '@espalier/core';
import { Client } from 'pg';
import { migrationsFolder, readMigrations, type MigrationFile } from './files.ts';
import { ensureHistory, noteFinished, noteRolledBack, noteStarted, readHistory } from './history.ts';
import { pendingMigrations } from './pending.ts';

/** The advisory lock that Prisma's engine takes, so that its `migrate deploy` and this runner wait for each other. */
const prismaLock = 72_707_369;

/**
 * Applies the migrations that the database lacks, each in a transaction of its own. Several callers at once apply each migration once.
 * @returns the names of those applied by this call.
 * @throws EspalierError `UNAVAILABLE` when nothing answers, `CONFLICT` when database and files disagree or a migration fails, which leaves
 * the database as it was before that migration.
 */
export async function migrate(url: string, folder: string = migrationsFolder): Promise<string[]> {
  const files = await readMigrations(folder);
  const client = new Client({ connectionString: url });
  try {
    await connect(client);
    // Held by the session: it is given back when the connection ends, however this process ends.
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock]);
    await ensureHistory(client);
    const pending = pendingMigrations(files, await readHistory(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function connect(client: Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EspalierError('UNAVAILABLE', `the database at ${client.host}:${client.port} cannot be opened: ${reason}`, {
      hint: 'Start PostgreSQL, or set DATABASE_URL to where it is.',
      cause,
    });
  }
}

async function apply(client: Client, { name, sql, checksum }: MigrationFile): Promise<void> {
  const id = randomUUID();
  await noteStarted(client, { id, name, checksum });
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await noteFinished(client, id);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    const reason = cause instanceof Error ? cause.message : String(cause);
    await noteRolledBack(client, id, reason);
    throw new EspalierError('CONFLICT', `the migration ${name} failed: ${reason}`, {
      hint: 'The database is as it was before it. Mend what the message names and start again.',
      cause,
    });
  }
}
