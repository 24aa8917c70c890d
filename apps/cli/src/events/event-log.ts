import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { EspalierError, toWireError, type Device } from '@espalier/core';
import type { JobMessage } from '@espalier/training';
import { makeFolder } from '../places.ts';
import type { JobListener } from './listener.ts';

/**
 * Everything that a command does as JSON lines, appended to a file as it happens: `started` with the device, then the messages of the jobs (`progress`,
 * `metrics`, `log`, `checkpoint`, as in packages/core/src/protocol) with the stage that each is of, at last `done` or `failed` with the error. Every line
 * says when (`time`, ISO 8601). The result itself is what `--json` prints.
 */
export class EventLog implements JobListener {
  readonly #descriptor: number;
  readonly #now: () => Date;

  private constructor(descriptor: number, now: () => Date) {
    this.#descriptor = descriptor;
    this.#now = now;
  }

  /** @param file may be a pipe, such as /dev/fd/3. @throws EspalierError `BAD_INPUT` where it can't be written. */
  static open(file: string, now: () => Date = () => new Date()): EventLog {
    makeFolder(path.dirname(path.resolve(file)), 'events');
    try {
      return new EventLog(openSync(file, 'a'), now);
    } catch (cause) {
      throw new EspalierError('BAD_INPUT', `events can't be written to ${file}: ${(cause as Error).message}`, {
        hint: 'Name a file in a folder that may be written.',
        path: ['events'],
        cause,
      });
    }
  }

  started(device: Device): void {
    this.#write({ type: 'started', device });
  }

  hear(stage: string, message: JobMessage): void {
    this.#write({ stage, ...message });
  }

  ended(error: unknown): void {
    this.#write(error === null ? { type: 'done' } : { type: 'failed', error: toWireError(error) });
    closeSync(this.#descriptor);
  }

  #write(event: object): void {
    writeSync(this.#descriptor, `${JSON.stringify({ time: this.#now().toISOString(), ...event })}\n`);
  }
}
