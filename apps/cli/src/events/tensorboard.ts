import { appendFileSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EspalierError, type MetricPoint } from '@espalier/core';
import type { JobMessage } from '@espalier/training';
import { checkFolder, makeFolder } from '../places.ts';
import { encodeRecord } from './event-file.ts';
import type { JobListener } from './listener.ts';

/**
 * Writes curves for TensorBoard: one event file a stage, in a folder of its own, so that TensorBoard shows each stage as a run. A stage that goes on
 * where it was stopped begins a new file beside the old one, which tells from which step on its points replace those before.
 */
export class TensorBoardLog implements JobListener {
  readonly #folder: string;
  readonly #now: () => Date;
  readonly #stages = new Map<string, { readonly file: string; step: number }>();

  /** @throws EspalierError `BAD_INPUT` where nothing can be written. */
  constructor(folder: string, now: () => Date = () => new Date()) {
    this.#folder = folder;
    this.#now = now;
    checkFolder(folder, 'tensorboard');
    makeFolder(folder, 'tensorboard');
  }

  started(): void {}
  ended(): void {}

  hear(stage: string, message: JobMessage): void {
    if (message.type === 'metrics') this.#writing(() => this.#append(stage, message.points));
  }

  #append(stage: string, points: readonly MetricPoint[]): void {
    const [{ step: firstStep } = { step: 0 }] = points;
    const known = this.#stages.get(stage);
    const { file } = known ?? this.#begin(stage);
    const wallTime = this.#now().getTime() / 1000;
    const records = points.map(({ series, step, value }) => encodeRecord({ wallTime, step, content: { tag: series, value } }));
    // A training that went back tells points anew; those that it told before are to be forgotten.
    if (known === undefined || firstStep < known.step)
      records.unshift(encodeRecord({ wallTime, step: firstStep, content: { restart: true } }));
    appendFileSync(file, Buffer.concat(records));
    this.#stages.set(stage, { file, step: points.at(-1)?.step ?? firstStep });
  }

  #begin(stage: string): { file: string } {
    const now = this.#now();
    const folder = path.join(this.#folder, stage);
    mkdirSync(folder, { recursive: true });
    // The name that TensorFlow's own writers give: TensorBoard looks for `tfevents`, and sorts by the time in it.
    const seconds = String(Math.floor(now.getTime() / 1000)).padStart(10, '0');
    const file = path.join(folder, `events.out.tfevents.${seconds}.${os.hostname()}.${process.pid}`);
    appendFileSync(file, encodeRecord({ wallTime: now.getTime() / 1000, step: 0, content: { fileVersion: true } }));
    return { file };
  }

  #writing(write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw new EspalierError('BAD_INPUT', `TensorBoard's files can't be written to ${this.#folder}: ${(cause as Error).message}`, {
        hint: 'Name a folder that may be written.',
        path: ['tensorboard'],
        cause,
      });
    }
  }
}
