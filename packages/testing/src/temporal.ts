import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createTemporalNamespace,
  isAlive,
  noteOf,
  PortBook,
  takeTemporalPorts,
  temporalArguments,
  temporalExecutable,
  waitForTemporal,
  withLock,
  type TemporalPorts,
} from '@espalier/infra';
import { inject } from 'vitest';
import { z } from 'zod';
import { temporalNoteFile, type TestRun } from './test-run.ts';

const PortsSchema = z.object({ grpc: z.number(), http: z.number(), metrics: z.number() });
const ServerSchema = z.object({ pid: z.number().int(), started: z.string().nullable(), ports: PortsSchema });

export interface TestTemporal {
  /** For a client or worker: `host:port`. */
  readonly address: string;
  /** Of this caller alone, so that task queues and workflow ids of other tests are out of sight. */
  readonly namespace: string;
}

/** A fresh namespace on a real Temporal server that the whole test run shares. */
export async function testTemporal(): Promise<TestTemporal> {
  const run: TestRun = { directory: inject('espalierTestRun') };
  const ports = await withLock(
    path.join(run.directory, 'temporal.lock'),
    () => sharedServer(run),
    () => undefined,
  );
  const namespace = `test-${randomUUID()}`;
  await createTemporalNamespace(ports, namespace);
  return { address: `127.0.0.1:${ports.grpc}`, namespace };
}

async function sharedServer(run: TestRun): Promise<TemporalPorts> {
  const noted = await notedServer(run);
  if (noted !== undefined && isAlive(noted)) return noted.ports;
  const ports = await takeTemporalPorts(new PortBook());
  const log = openSync(path.join(run.directory, 'temporal.log'), 'a');
  // In a group of its own, unreferenced: it serves the other test processes too, and ends with the run.
  const child = spawn(temporalExecutable(), temporalArguments(ports), { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  if (child.pid === undefined) throw new Error('the Temporal server could not be started');
  await writeFile(temporalNoteFile(run), JSON.stringify({ ...noteOf(child.pid), ports }));
  await waitForTemporal(ports, { gaveUp: () => child.exitCode !== null });
  return ports;
}

async function notedServer(run: TestRun) {
  try {
    return ServerSchema.parse(JSON.parse(await readFile(temporalNoteFile(run), 'utf8')));
  } catch {
    return undefined; // Nobody has started it yet.
  }
}
