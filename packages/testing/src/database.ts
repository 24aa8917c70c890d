import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { migrate } from '@espalier/database';
import { startPostgres, withLock, type PostgresServer } from '@espalier/infra';
import { Client } from 'pg';
import { inject } from 'vitest';
import { postgresDirectory, type TestRun } from './test-run.ts';

const TEMPLATE = 'espalier_template';

export interface TestDatabase {
  readonly url: string;
  /** Drops it at once, cutting its connections; else it goes with the test run. */
  drop(): Promise<void>;
}

/**
 * A fresh database on a real PostgreSQL, with every migration applied: a clone of a template that is migrated once a test run.
 * `migrated: false` gives an empty one.
 */
export async function testDatabase({ migrated = true }: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const run: TestRun = { directory: inject('espalierTestRun') };
  const server = await startPostgres({ directory: postgresDirectory(run), durable: false });
  if (migrated) await ensureTemplate(run, server);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withLock(
    path.join(run.directory, 'clone.lock'), // PostgreSQL refuses a clone of a template that is being cloned.
    () => administer(server, migrated ? `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}` : `CREATE DATABASE ${name}`),
    () => undefined,
  );
  return { url: server.url(name), drop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** A template stays usable only while nobody is connected to it, so it is marked whole by a file. */
async function ensureTemplate({ directory }: TestRun, server: PostgresServer): Promise<void> {
  const whole = path.join(directory, 'template-is-whole');
  if (existsSync(whole)) return;
  await withLock(
    path.join(directory, 'template.lock'),
    async () => {
      if (existsSync(whole)) return;
      await administer(server, `DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
      await administer(server, `CREATE DATABASE ${TEMPLATE}`);
      await migrate(server.url(TEMPLATE));
      await writeFile(whole, '');
    },
    () => undefined,
  );
}

async function administer(server: PostgresServer, statement: string): Promise<void> {
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
