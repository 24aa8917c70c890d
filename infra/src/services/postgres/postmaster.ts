import { readFileSync } from 'node:fs';
import path from 'node:path';
import { hasCode, isAlive, noteOf } from '../../processes.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** False while it starts up or recovers. */
  readonly ready: boolean;
}

/**
 * The server that runs on this data folder, by its lock file `postmaster.pid`: line 1 is its process, line 4 its port, line 8 its state.
 * A file whose process is gone, a zombie, or another program that got the same number, is a leftover: undefined.
 */
export function runningPostmaster(data: string): Postmaster | undefined {
  const lines = readLines(path.join(data, 'postmaster.pid'));
  const [pid, port, state] = [Number(lines?.[0]), Number(lines?.[3]), lines?.[7]?.trim()];
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(noteOf(pid)) || !isPostgres(pid)) return undefined;
  return { pid, port, ready: state === 'ready' };
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

function readLines(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
