import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EspalierError } from '@espalier/core';
import { diskFull } from '@espalier/core/node';
import { z } from 'zod';
import { withLock } from '../../../setup/lock.mjs';
import { freePort } from '../../ports.ts';
import { writePrivately } from '../../private-file.ts';
import { hasCode, isAlive, noteOf, waitForEnd } from '../../processes.ts';
import { runProgram } from '../../run-program.ts';
import { serverAccount, type Account } from './account.ts';
import { reachableBinaries, type Binaries } from './binaries.ts';
import { runningPostmaster } from './postmaster.ts';

/** Where root keeps what its unprivileged server must reach when the checkout lies in a closed home. */
const SHELTER = '/var/lib/espalier';
const USER = 'espalier';

export interface PostgresOptions {
  /** The folder of the data; made when it is not there. `<directory>.json` beside it keeps port and password. */
  readonly directory: string;
  readonly port?: number;
  /** False trades the data's safety at a power failure for speed: for tests. */
  readonly durable?: boolean;
  readonly say?: (text: string) => void;
}

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  /** True when the server already ran, left by an earlier start. */
  readonly reused: boolean;
  url(database: string): string;
  stop(): Promise<void>;
}

const ConnectionSchema = z.object({ port: z.number().int(), password: z.string() });
type Connection = z.infer<typeof ConnectionSchema>;

/** Where one cluster's files are, and who owns them. */
interface Place {
  readonly data: string;
  readonly connectionFile: string;
  readonly account: Account | undefined;
  readonly binaries: Binaries;
}

/**
 * Starts a PostgreSQL of our own on `directory`, or finds the one that an earlier start left running there. The server is no child of this
 * process and outlives it; `stop` ends it. Any number of processes may call this at once.
 * @throws EspalierError `DISK_FULL`, `UNAVAILABLE` with the last lines of the server's log
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const directory = path.resolve(options.directory);
  await mkdir(path.dirname(directory), { recursive: true });
  return withLock(
    `${directory}.lock`,
    async () => start(await findPlace(directory), options),
    (holder) => options.say?.(`waiting for process ${holder}, which is starting the same database`),
  );
}

/** Stops the server on `directory`, if one runs, and forgets its data. */
export async function removePostgres(directory: string): Promise<void> {
  const place = await findPlace(path.resolve(directory));
  await stop(place);
  await rm(place.data, { recursive: true, force: true });
  await rm(place.connectionFile, { force: true });
}

async function findPlace(directory: string): Promise<Place> {
  const account = await serverAccount();
  const data = await reachableData(directory, account);
  return { data, connectionFile: `${directory}.json`, account, binaries: await reachableBinaries(account, SHELTER) };
}

/** The data folder itself, or one in the shelter when the server's account has no way to it. */
async function reachableData(directory: string, account: Account | undefined): Promise<string> {
  if (account === undefined) return directory;
  const parent = path.dirname(directory);
  const way = await runProgram('/bin/sh', ['-c', 'cd "$0"', parent], { ...account, cwd: '/' });
  if (way.code === 0) return directory;
  await mkdir(SHELTER, { recursive: true, mode: 0o755 });
  return path.join(SHELTER, `data-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`);
}

async function start(place: Place, { port: wantedPort = 0, durable = true }: PostgresOptions): Promise<PostgresServer> {
  const running = await settledPostmaster(place.data);
  if (running !== undefined) return server(place, { ...(await readConnection(place)), port: running.port }, running.pid, true);
  if (!existsSync(path.join(place.data, 'PG_VERSION'))) await initialise(place);
  const connection = await readConnection(place);
  const port = await freePort(connection.port || wantedPort);
  await startServer(place, port, durable);
  await writeConnection(place, { ...connection, port });
  const started = runningPostmaster(place.data);
  if (started === undefined)
    throw new EspalierError('UNAVAILABLE', `PostgreSQL started on ${place.data} and ended at once: ${await lastLog(place)}`);
  return server(place, { ...connection, port }, started.pid, false);
}

/** A server in the middle of its start or its recovery is waited for. */
async function settledPostmaster(data: string) {
  const deadline = performance.now() + 60_000;
  let running = runningPostmaster(data);
  while (running !== undefined && !running.ready && performance.now() < deadline) {
    await sleep(100);
    running = runningPostmaster(data);
  }
  return running;
}

/** Makes the cluster beside its place, so that one whose making was killed is never taken for whole. */
async function initialise(place: Place): Promise<void> {
  const beside = `${place.data}.part`;
  const passwordFile = `${place.data}.password`;
  const password = randomBytes(18).toString('base64url');
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true, mode: 0o700 });
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (place.account !== undefined) for (const entry of [beside, passwordFile]) await chown(entry, place.account.uid, place.account.gid);
    const args = ['-D', beside, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const outcome = await runProgram(place.binaries.initdb, [...args, ...locale], { ...place.account, cwd: '/' });
    if (outcome.code !== 0) throw failure(place, `${outcome.stderr}${outcome.stdout}`);
    await writeConnection(place, { port: 0, password });
    await rm(place.data, { recursive: true, force: true });
    await rename(beside, place.data);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(beside, { recursive: true, force: true });
  }
}

async function startServer(place: Place, port: number, durable: boolean): Promise<void> {
  // Only reached when no server runs here: what is left of one that was killed would keep the next from starting.
  await rm(path.join(place.data, 'postmaster.pid'), { force: true });
  const settings = [`-p ${port}`, '-c listen_addresses=127.0.0.1', '-c unix_socket_directories=', '-c max_connections=200'];
  if (!durable) settings.push('-c fsync=off', '-c full_page_writes=off', '-c synchronous_commit=off');
  const log = path.join(place.data, 'server.log');
  await rm(log, { force: true });
  const args = ['-D', place.data, '-w', '-t', '60', '-l', log, '-o', settings.join(' '), 'start'];
  const outcome = await runProgram(place.binaries.pgCtl, args, { ...place.account, cwd: '/' });
  if (outcome.code !== 0) throw failure(place, (await lastLog(place)) || outcome.stderr);
}

function failure(place: Place, words: string): EspalierError {
  if (/no space left on device/i.test(words)) return diskFull(place.data, new Error(words));
  return new EspalierError('UNAVAILABLE', `PostgreSQL did not start on ${place.data}: ${words.trim()}`, {
    hint: 'Name a database of your own with DATABASE_URL, or begin with empty data: npm start -- --fresh.',
  });
}

async function lastLog({ data }: Place): Promise<string> {
  try {
    return (await readFile(path.join(data, 'server.log'), 'utf8')).trim().split('\n').slice(-8).join('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}

async function readConnection({ connectionFile, data }: Place): Promise<Connection> {
  try {
    return ConnectionSchema.parse(JSON.parse(await readFile(connectionFile, 'utf8')));
  } catch (error) {
    throw new EspalierError('UNAVAILABLE', `the password of the database in ${data} is lost: ${connectionFile} cannot be read`, {
      hint: 'Bring the file back, or begin with empty data: npm start -- --fresh.',
      cause: error,
    });
  }
}

async function writeConnection({ connectionFile }: Place, connection: Connection): Promise<void> {
  await writePrivately(connectionFile, JSON.stringify(connection));
}

function server(place: Place, { port, password }: Connection, pid: number, reused: boolean): PostgresServer {
  const url = (database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  return { port, pid, reused, url, stop: () => stop(place) };
}

/** Ends the sessions and shuts down; a server that does not manage that within its time is ended as a crash would, which loses nothing. */
async function stop(place: Place): Promise<void> {
  const running = runningPostmaster(place.data);
  if (running === undefined) return;
  const note = noteOf(running.pid);
  const stopWith = (mode: string, seconds: string) =>
    runProgram(place.binaries.pgCtl, ['-D', place.data, '-m', mode, '-w', '-t', seconds, 'stop'], { ...place.account, cwd: '/' });
  await stopWith('fast', '6');
  if (isAlive(note)) await stopWith('immediate', '2');
  if (!(await waitForEnd(note, 1000))) process.kill(running.pid, 'SIGKILL');
}
