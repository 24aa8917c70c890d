import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Environment } from '../environment.ts';
import { PortBook } from '../ports.ts';
import { writePrivately } from '../private-file.ts';
import { hasCode } from '../processes.ts';
import { endLeftovers } from '../supervise/ledger.ts';
import { Supervisor } from '../supervise/supervisor.ts';
import { openDatabaseService, openTemporalService, TEMPORAL, type DatabaseService } from './backing.ts';
import { claimHome, type HeldClaim } from './claim.ts';
import { migrateDatabase } from './migrate.ts';
import { ownServices, type ServiceVariables } from './services.ts';

export const usualPorts = { portal: 3000, api: 4000, postgres: 5433, temporal: 7233 } as const;
export type PortalPorts = { readonly [name in keyof typeof usualPorts]: number };

export interface PortalOptions {
  readonly checkout: string;
  /** Folder of the data, the logs and the notes of what runs. */
  readonly home: string;
  readonly environment: Environment;
  /** Wanted ports; one that is taken is replaced by a free one, 0 is any. */
  readonly ports?: PortalPorts;
  /** False only for tests: faster, and not safe at a power failure. */
  readonly durable?: boolean;
  /** More for the environment of API, worker and portal. */
  readonly extraVariables?: Readonly<Record<string, string>>;
  /** Aborted, it ends what has been started and rejects. */
  readonly signal?: AbortSignal;
  readonly say: (text: string) => void;
}

/** The whole stack, serving: PostgreSQL, Temporal, API, worker and portal. */
export interface Portal {
  /** The portal's address, for a browser. */
  readonly url: string;
  readonly apiUrl: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** What its processes were told, for others that are to join them. */
  readonly variables: ServiceVariables;
  /** The process of `api`, `worker`, `web` or `temporal` at this moment. */
  pidOf(service: string): number;
  /** Ends every process, in the order in which they need each other, within 10 s. */
  stop(): Promise<void>;
  /** Ends the services at once, without asking. */
  kill(): void;
}

/** @throws EspalierError `CONFLICT` when this home is being served already, `UNAVAILABLE` naming the service that did not start and its log */
export async function openPortal(options: PortalOptions): Promise<Portal> {
  const { home, say } = options;
  await mkdir(home, { recursive: true });
  const claim = await claimHome(home);
  const ledgerFile = path.join(home, 'processes.json');
  const left = await endLeftovers(ledgerFile);
  if (left.length > 0) say(`ended what an earlier start had left running: ${left.join(', ')}`);
  const supervisor = new Supervisor({ ledgerFile, logDirectory: path.join(home, 'logs'), say });
  const opened: Opened = { claim, supervisor, database: undefined };
  const giveUp = () => void supervisor.stop();
  options.signal?.addEventListener('abort', giveUp);
  try {
    return await open(options, opened);
  } catch (error) {
    await close(opened);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

interface Opened {
  readonly claim: HeldClaim;
  readonly supervisor: Supervisor;
  database: DatabaseService | undefined;
}

async function open(options: PortalOptions, opened: Opened): Promise<Portal> {
  const { checkout, home, environment, ports = usualPorts, durable = true, say } = options;
  const { supervisor } = opened;
  const book = new PortBook();
  const temporal = openTemporalService({ environment, home, port: ports.temporal, book, supervisor, say });
  const migrated = openDatabaseService({ environment, home, port: ports.postgres, durable, say }).then(async (database) => {
    opened.database = database;
    await migrateDatabase(checkout, database.url);
    return database;
  });
  const [database, temporalAddress] = await settleBoth(migrated, temporal);

  const apiPort = environment.api.port ?? (await book.take(ports.api, environment.api.host));
  const portalPort = environment.portal.port ?? (await book.take(ports.portal, environment.portal.host));
  const url = environment.portal.url ?? `http://${reachable(environment.portal.host)}:${portalPort}`;
  const apiUrl = `http://${reachable(environment.api.host)}:${apiPort}`;
  const variables = await serviceVariables(options, { databaseUrl: database.url, temporalAddress, apiPort, apiUrl, portalPort, url });

  await Promise.all(ownServices(checkout, variables).map((spec) => supervisor.start(spec)));
  await opened.claim.announce(url);
  say(`API on ${apiUrl}, portal on ${url}`);
  return {
    url,
    apiUrl,
    databaseUrl: database.url,
    temporalAddress,
    variables,
    pidOf: (service) => supervisor.pidOf(service),
    stop: () => close(opened),
    kill: () => supervisor.killAll(),
  };
}

/** As Promise.all, but a failure waits for the other to end its start, so that nothing starts behind the back of the one who cleans up. */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Those who use the engine and the database end first. */
async function close({ claim, supervisor, database }: Opened): Promise<void> {
  await supervisor.stop(['web', 'api', 'worker']);
  await Promise.all([supervisor.stop([TEMPORAL]), database?.embedded?.stop()]);
  await claim.release();
}

/** Where a server that listens on every address is reached from this machine. */
const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

async function serviceVariables(
  { home, environment, extraVariables = {} }: PortalOptions,
  at: { databaseUrl: string; temporalAddress: string; apiPort: number; apiUrl: string; portalPort: number; url: string },
): Promise<ServiceVariables> {
  const datasets = path.join(home, 'datasets');
  await mkdir(datasets, { recursive: true });
  return {
    ESPALIER_HOME: home,
    DATABASE_URL: at.databaseUrl,
    TEMPORAL_ADDRESS: at.temporalAddress,
    TEMPORAL_NAMESPACE: environment.temporal.namespace,
    ESPALIER_STORAGE: environment.storage ?? path.join(home, 'artifacts'),
    ESPALIER_DATA_ROOTS: [datasets, ...environment.dataRoots].join(path.delimiter),
    ESPALIER_WORK_DIRECTORY: path.join(home, 'work'),
    ESPALIER_API_HOST: environment.api.host,
    ESPALIER_API_PORT: `${at.apiPort}`,
    ESPALIER_API_URL: at.apiUrl,
    ESPALIER_PORTAL_HOST: environment.portal.host,
    ESPALIER_PORTAL_PORT: `${at.portalPort}`,
    ESPALIER_PORTAL_URL: at.url,
    ESPALIER_AUTH_SECRET: environment.authSecret ?? (await keptSecret(path.join(home, 'secrets.json'))),
    ...extraVariables,
  };
}

const SecretsSchema = z.object({ authSecret: z.string().min(32) });

/** The key that signs sessions: made once, so that a session outlives a restart. */
async function keptSecret(file: string): Promise<string> {
  try {
    await chmod(file, 0o600);
    return SecretsSchema.parse(JSON.parse(await readFile(file, 'utf8'))).authSecret;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const authSecret = randomBytes(32).toString('base64url');
  await writePrivately(file, JSON.stringify({ authSecret }));
  return authSecret;
}
