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

/** Starts a real trainer on `job` and hears it to its end; `onMessage` may kill it, or let go of it, on the way. */
export async function runTrainer(
  job: object,
  jobFile: string,
  onMessage: (message: Message, child: ChildProcess, heardBefore: readonly Message[]) => void = () => undefined,
): Promise<Ended> {
  writeFileSync(jobFile, JSON.stringify(job));
  const child = spawn(process.execPath, [...trainerArguments, jobFile], { cwd: root, stdio: ['pipe', 'ignore', 'ignore', 'pipe'] });
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
