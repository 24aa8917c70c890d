import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase, type Database } from '@espalier/database';
import { Factory } from '@espalier/database/testing';
import { testDatabase, testTemporal } from '@espalier/testing';
import { createClient, type Client } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { startServer } from '../src/server/start.ts';
import { openServices } from '../src/services.ts';
import { encodeId, type NodeType } from '../src/schema/ids.ts';

export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

/** A whole API on a database and a Temporal namespace of its own, and a hand that writes rows behind its back. */
export async function startTestApi() {
  const home = await mkdtemp(path.join(tmpdir(), 'espalier-api-'));
  const [{ url: databaseUrl }, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  const logged: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  const environment = {
    databaseUrl,
    temporal,
    storage: path.join(home, 'artifacts'),
    dataRoots: [path.join(home, 'datasets')],
    pool: 'default',
    host: '127.0.0.1',
    port: 0,
    portalUrl: 'http://localhost:3000',
    authSecret: 'a secret of the tests, and of nobody else',
    logLevel: 'info' as const,
  };
  const services = openServices(environment, log);
  const api = await startServer(services, environment);
  const database = openDatabase(databaseUrl);
  return {
    url: api.url,
    home,
    database,
    logged,
    workflows: services.workflows,
    services,
    make: new Factory(database.prisma),
    token: (userId: string) => openSession(database, userId),
    ask: (query: string, variables: Record<string, unknown> = {}, token?: string) => ask(api.url, { query, variables }, token),
    socket: (token?: string) => connect(api.url, token),
    async close() {
      await api.close();
      await Promise.all([database.close(), services.close()]);
      await rm(home, { recursive: true });
    },
  };
}
export type TestApi = Awaited<ReturnType<typeof startTestApi>>;

export const globalId = (typename: NodeType, { id }: { readonly id: string }): string => encodeId(typename, id);

/** A session as if the user had signed in, without the cost of a password's hash. */
async function openSession(database: Database, userId: string): Promise<string> {
  const token = randomUUID();
  await database.prisma.session.create({ data: { userId, token, expiresAt: new Date(Date.now() + 3_600_000) } });
  return token;
}

export async function ask(url: string, body: unknown, token?: string): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

function connect(url: string, token: string | undefined): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
  });
}

/** The codes under which a request's errors are told. */
export const codesOf = ({ errors = [] }: Answer): unknown[] => errors.map(({ extensions }) => extensions.code);
