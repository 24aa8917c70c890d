import { execFile } from 'node:child_process';
import path from 'node:path';

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
