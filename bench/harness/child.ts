import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Runs a program to its end and reads the one JSON line that it prints last. Throws with what it wrote on standard error. */
export function runJson<Result>(command: string, args: readonly string[]): Result {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw error;
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return JSON.parse(line) as Result;
}

/** The same for a TypeScript file in a fresh Node, with the garbage collector at its call. */
export const runTypeScript = <Result>(file: string, args: readonly string[]): Result =>
  runJson(process.execPath, ['--expose-gc', '--import', 'tsx', file, ...args]);
