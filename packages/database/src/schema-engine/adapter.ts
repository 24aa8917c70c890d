import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { Client, Pool } from 'pg';

/**
 * Prisma's adapter for pg, as a schema engine needs it. Three things of @prisma/adapter-pg 7.10.0 are put right here: it splits a script at every
 * semicolon, which breaks functions; it cannot map the catalogue's type "char"; and it drops a shadow database before its own
 * connections to it are closed.
 */
export class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  readonly #url: string;
  readonly #open: SqlDriverAdapter[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async connect(): Promise<SqlDriverAdapter> {
    return this.#opened(await openAdapter(this.#url));
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `shadow_${randomUUID()}`;
    const shadowUrl = new URL(this.#url);
    shadowUrl.pathname = `/${name}`;
    const admin = new Client({ connectionString: this.#url });
    await admin.connect();
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE template0`);
    const drop = async (): Promise<void> => {
      await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await admin.end();
    };
    return this.#opened(await openAdapter(shadowUrl.href, drop));
  }

  /** Closes whatever the engine has left open; otherwise the process never ends. */
  async close(): Promise<void> {
    await Promise.all(this.#open.map((adapter) => adapter.dispose()));
  }

  #opened(adapter: SqlDriverAdapter): SqlDriverAdapter {
    this.#open.push(adapter);
    return adapter;
  }
}

/** OIDs of PostgreSQL's types, and the adapter's number for a single character. */
const internalChar = 18;
const fixedChar = 1042;
const characterColumn = 6;

async function openAdapter(connectionString: string, afterClosing?: () => Promise<void>): Promise<SqlDriverAdapter> {
  // One session: the engine's advisory lock must cover its scripts.
  const pool = new Pool({ connectionString, max: 1, idleTimeoutMillis: 0 });
  let charColumns: number[] = [];
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => Promise<{ fields?: { dataTypeID: number }[] }>;
  Object.assign(pool, {
    query: async (...parameters: unknown[]) => {
      const result = await query(...parameters);
      charColumns = [];
      result.fields?.forEach((field, index) => {
        if (field.dataTypeID !== internalChar) return;
        field.dataTypeID = fixedChar;
        charColumns.push(index);
      });
      return result;
    },
  });
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  const dispose = adapter.dispose.bind(adapter);
  let disposed: Promise<void> | undefined;
  return Object.assign(adapter, {
    queryRaw: async (statement: Parameters<typeof queryRaw>[0]) => {
      const result = await queryRaw(statement);
      for (const index of charColumns) result.columnTypes[index] = characterColumn;
      return result;
    },
    // As one simple query, which PostgreSQL runs as one transaction.
    executeScript: async (script: string) => {
      await pool.query(script);
    },
    dispose: () => (disposed ??= dispose().then(afterClosing)),
  });
}
