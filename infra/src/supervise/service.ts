import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EspalierError } from '@espalier/core';

/** A process that serves until it is told to stop. */
export interface ServiceSpec {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Resolves when it serves. Without it, the service says so itself, by a line that begins with `[ready]`. */
  readonly ready?: (gaveUp: () => boolean) => Promise<void>;
  /** How long it may take to end after SIGTERM. */
  readonly graceMs: number;
}

const READY_WITHIN_MS = 90_000;

/** One life of a service: it writes straight into its log file, so that it goes on when the process that started it dies. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Where in the log this life begins. */
  readonly logOffset: number;
}

export async function spawnService(spec: ServiceSpec, logFile: string): Promise<ServiceProcess> {
  const log = openSync(logFile, 'a');
  try {
    const logOffset = (await stat(logFile)).size;
    const { program, args, cwd, env } = spec;
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    if (child.pid === undefined) throw new Error(`${spec.name} has no process`);
    return { child, pid: child.pid, logOffset };
  } finally {
    closeSync(log);
  }
}

/** @throws EspalierError `UNAVAILABLE` with the end of its log, when it ends or stays silent instead */
export async function waitUntilReady(spec: ServiceSpec, { child, logOffset }: ServiceProcess, logFile: string): Promise<void> {
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  try {
    await (spec.ready?.(ended) ?? readyLine(logFile, logOffset, ended));
  } catch (error) {
    const how = ended() ? `ended with ${child.signalCode ?? child.exitCode}` : 'did not get ready in time';
    throw new EspalierError('UNAVAILABLE', `${spec.name} ${how}. The end of ${logFile}:\n${await lastLines(logFile)}`, {
      hint: 'Mend what the log names, and start again.',
      cause: error,
    });
  }
}

async function readyLine(logFile: string, offset: number, ended: () => boolean): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!/^\[ready\]/m.test(await readFrom(logFile, offset))) {
    if (ended() || performance.now() > deadline) throw new Error('no [ready] line');
    await sleep(50);
  }
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, (await handle.stat()).size - offset));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function lastLines(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-8);
  return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
}

export const logFileOf = (directory: string, name: string): string => path.join(directory, `${name}.log`);
