import { execFile } from 'node:child_process';
import path from 'node:path';
import { run } from '../src/run.ts';

export const program = path.join(import.meta.dirname, '../bin/espalier.mjs');

export interface Spoken {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line to its end. */
export function espalier(...args: string[]): Promise<Spoken> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

/** Runs it likewise, and stops it as Ctrl-C does as soon as `isTime` says so. */
export function espalierStopped(isTime: () => boolean, ...args: string[]): Promise<Spoken> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      clearInterval(look);
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
    const look = setInterval(() => {
      if (!isTime()) return;
      clearInterval(look);
      child.kill('SIGINT');
    }, 10);
  });
}

/** The same without a process of its own, where what is asked for needs none: refusals, and whatever is not computed by TensorFlow. */
export async function espalierInside(...args: string[]): Promise<Spoken> {
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) => ({ write: (text: string) => (said[name] += text) });
  const code = await run(args, { stdout: stream('stdout'), stderr: stream('stderr') });
  return { code, ...said };
}

/** The object that it prints with `--json`; throws, with what it said, unless it is done well and prints nothing else. */
export async function resultOf(...args: string[]) {
  const { code, stdout, stderr } = await espalier(...args, '--json');
  if (code !== 0) throw new Error(`espalier ${args.join(' ')} exits with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}
