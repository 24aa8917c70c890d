import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { MessageSchema, type Message } from '@espalier/core';

const root = path.join(import.meta.dirname, '../../..');
export const trainerArguments = ['--import', 'tsx', path.join(import.meta.dirname, '../src/main.ts')];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly messages: readonly Message[];
}

/** How a trainer is started, where that is not the ordinary way. */
export interface Start {
  readonly env?: NodeJS.ProcessEnv;
  /** The largest size of any file that it writes, which the system sees to; rounded up to what `ulimit -f` counts in. */
  readonly largestFileBytes?: number;
}

/** Starts a real trainer on `job` and hears it to its end; `onMessage` may kill it, or let go of it, on the way. */
export async function runTrainer(
  job: object,
  jobFile: string,
  onMessage: (message: Message, child: ChildProcess, heardBefore: readonly Message[]) => void = () => undefined,
  { env = {}, largestFileBytes }: Start = {},
): Promise<Ended> {
  writeFileSync(jobFile, JSON.stringify(job));
  const trainer = [process.execPath, ...trainerArguments, jobFile];
  // Without the trap a process dies of a file that gets too large; with it the write fails, as on a full disk.
  const limited = ['sh', '-c', `ulimit -f ${Math.ceil((largestFileBytes ?? 0) / 512)}; trap '' XFSZ; exec "$@"`, 'sh', ...trainer];
  const [command = '', ...args] = largestFileBytes === undefined ? trainer : limited;
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const messages: Message[] = [];
  const pipe = child.stdio[3] as Readable;
  const lines = createInterface({ input: pipe });
  // A pipe that is let go of closes without an end, which the line reader would wait for.
  pipe.once('close', () => lines.close());
  for await (const line of lines) {
    const message = MessageSchema.parse(JSON.parse(line));
    onMessage(message, child, messages);
    messages.push(message);
  }
  const [code, signal] = await exited;
  return { code, signal, messages };
}
