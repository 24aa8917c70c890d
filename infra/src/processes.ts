import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of this machine. Numbers are used again, so a note of one carries when it started. */
export interface ProcessNote {
  readonly pid: number;
  /** When the kernel started it, in its own ticks; null where there is no `/proc` to ask. */
  readonly started: string | null;
}

/**
 * State letter and start of a process, from `/proc/<pid>/stat`: the fields after the program's name, which may itself hold blanks and brackets.
 */
function kernelRecord(pid: number): { state: string; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state === undefined || started === undefined ? undefined : { state, started };
  } catch {
    return undefined;
  }
}

export function noteOf(pid: number): ProcessNote {
  return { pid, started: kernelRecord(pid)?.started ?? null };
}

/** Whether that very process still runs. A zombie does not: it answers to signals, but it is only waiting to be forgotten. */
export function isAlive({ pid, started }: ProcessNote): boolean {
  if (!answersSignals(pid)) return false;
  const record = kernelRecord(pid);
  if (record === undefined) return process.platform !== 'linux';
  return record.state !== 'Z' && (started === null || record.started === started);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

export const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

/** Sends a signal to a whole process group; a group that is already gone is no failure. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH') && !hasCode(error, 'EPERM')) throw error;
  }
}

/** Waits until the process has ended. @returns false when it still runs after `timeoutMs` */
export async function waitForEnd(note: ProcessNote, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(note)) {
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/**
 * Asks a process to end and gives it `graceMs` for that; then its whole group is ended, with whatever it has left behind.
 * Only the leader is asked: it knows in which order its own children are to stop.
 */
export async function endGroup(leader: ProcessNote, graceMs: number): Promise<void> {
  if (!isAlive(leader)) return;
  process.kill(leader.pid, 'SIGTERM');
  const ended = await waitForEnd(leader, graceMs);
  signalGroup(leader.pid, 'SIGKILL');
  if (!ended) await waitForEnd(leader, 2000);
}
