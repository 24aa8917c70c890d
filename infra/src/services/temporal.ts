import { setTimeout as sleep } from 'node:timers/promises';
import { EspalierError } from '@espalier/core';
import { defaultCache, findTemporal } from '../../setup/temporal/locate.mjs';
import type { PortBook } from '../ports.ts';

/** Each port of a dev server; two servers clash on any that is left to its default. */
export interface TemporalPorts {
  readonly grpc: number;
  readonly http: number;
  readonly metrics: number;
}

export async function takeTemporalPorts(book: PortBook, wanted = 0): Promise<TemporalPorts> {
  return { grpc: await book.take(wanted), http: await book.take(0), metrics: await book.take(0) };
}

/** The program of Temporal's dev server, which setup has put into the cache where it was not on the PATH. */
export function temporalExecutable(cache = defaultCache()): string {
  const executable = findTemporal({ cache });
  if (executable !== undefined) return executable;
  throw new EspalierError('UNAVAILABLE', "Temporal's dev server is not there", {
    hint: 'Run `npm run setup`, or name a server that runs with TEMPORAL_ADDRESS=host:port.',
  });
}

/**
 * The arguments that start a dev server. Without a file its state dies with it. With the write-ahead log a file is as fast as memory
 * (237 against 228 activities a second), without it a third of that.
 */
export function temporalArguments(ports: TemporalPorts, databaseFile?: string): string[] {
  const file =
    databaseFile === undefined
      ? []
      : ['--db-filename', databaseFile, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'];
  const at = ['--ip', '127.0.0.1', '--port', `${ports.grpc}`, '--http-port', `${ports.http}`, '--metrics-port', `${ports.metrics}`];
  return ['server', 'start-dev', '--headless', '--log-level', 'error', ...at, ...file];
}

/** Waits until the server answers for its default namespace; `gaveUp` ends the wait early, when the process has ended. */
export async function waitForTemporal(
  ports: TemporalPorts,
  { timeoutMs = 60_000, gaveUp = () => false }: { timeoutMs?: number; gaveUp?: () => boolean } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await hasNamespace(ports, 'default'))) {
    if (gaveUp() || performance.now() > deadline)
      throw new EspalierError('UNAVAILABLE', `Temporal's dev server does not answer on port ${ports.grpc}`);
    await sleep(100);
  }
}

/** Makes a namespace and waits until the server knows it. */
export async function createTemporalNamespace(ports: TemporalPorts, namespace: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.http}/api/v1/namespaces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ namespace, workflowExecutionRetentionPeriod: '86400s' }),
  });
  if (!response.ok) throw new EspalierError('UNAVAILABLE', `Temporal did not make the namespace ${namespace}: ${await response.text()}`);
  while (!(await hasNamespace(ports, namespace))) await sleep(50);
}

async function hasNamespace({ http }: TemporalPorts, namespace: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${http}/api/v1/namespaces/${namespace}`, { signal: AbortSignal.timeout(2000) });
    return response.ok;
  } catch {
    return false; // Not listening yet, or not answering yet: asked again by the caller until its time is up.
  }
}
