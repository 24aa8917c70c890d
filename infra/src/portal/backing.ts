import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { Client } from 'pg';
import type { Environment } from '../environment.ts';
import { accepts, type PortBook } from '../ports.ts';
import { startPostgres, type PostgresServer } from '../services/postgres/cluster.ts';
import { takeTemporalPorts, temporalArguments, temporalExecutable, waitForTemporal } from '../services/temporal.ts';
import type { ServiceSpec } from '../supervise/service.ts';
import type { Supervisor } from '../supervise/supervisor.ts';

const DATABASE = 'espalier';

export interface DatabaseService {
  readonly url: string;
  /** Undefined where the database is somebody else's. */
  readonly embedded: PostgresServer | undefined;
}

/** The database that the environment names, or one of our own. */
export async function openDatabaseService(options: {
  environment: Environment;
  home: string;
  port: number;
  durable: boolean;
  say: (text: string) => void;
}): Promise<DatabaseService> {
  const { environment, home, port, durable, say } = options;
  if (environment.databaseUrl !== undefined) {
    say('PostgreSQL: the database that DATABASE_URL names');
    return { url: environment.databaseUrl, embedded: undefined };
  }
  const server = await startPostgres({ directory: path.join(home, 'postgres'), port, durable, say: (text) => say(`PostgreSQL: ${text}`) });
  await ensureDatabase(server);
  say(`PostgreSQL: on port ${server.port}${server.reused ? ', still running from an earlier start' : ''}`);
  return { url: server.url(DATABASE), embedded: server };
}

async function ensureDatabase(server: PostgresServer): Promise<void> {
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

export const TEMPORAL = 'temporal';

/** The Temporal server that the environment names, or a dev server of our own under the supervisor. @returns its address */
export async function openTemporalService(options: {
  environment: Environment;
  home: string;
  port: number;
  book: PortBook;
  supervisor: Supervisor;
  say: (text: string) => void;
}): Promise<string> {
  const { environment, home, port, book, supervisor, say } = options;
  const named = environment.temporal.address;
  if (named !== undefined) {
    await checkAddress(named);
    say(`Temporal: the server at ${named}`);
    return named;
  }
  const ports = await takeTemporalPorts(book, port);
  const spec: ServiceSpec = {
    name: TEMPORAL,
    program: temporalExecutable(),
    args: temporalArguments(ports, path.join(home, 'temporal.db')),
    cwd: home,
    env: process.env,
    ready: (gaveUp) => waitForTemporal(ports, { gaveUp }),
    graceMs: 1500,
  };
  await supervisor.start(spec);
  say(`Temporal: on port ${ports.grpc}`);
  return `127.0.0.1:${ports.grpc}`;
}

async function checkAddress(address: string): Promise<void> {
  const { hostname, port } = new URL(`tcp://${address}`);
  if (await accepts(Number(port || 7233), hostname, 5000)) return;
  throw new EspalierError('UNAVAILABLE', `nothing answers at TEMPORAL_ADDRESS=${address}`, {
    hint: 'Start that server, correct the address, or leave the variable out for the embedded one.',
  });
}
