import type { Device, JobResult, Message, MetricPoint, OutputFile, Progress } from '@espalier/core';

/** What a job may say before it ends. */
export type JobMessage = Extract<Message, { type: 'progress' | 'metrics' | 'log' | 'checkpoint' }>;

/** How a job ended well: its finding and the files it wrote. */
export interface JobOutcome {
  readonly result: JobResult;
  readonly outputs: readonly OutputFile[];
}

/** Thrown out of a job that was told to stop and has left everything in order. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';
  constructor() {
    super('the job was told to stop');
  }
}

export interface JobSurroundings {
  readonly device: Device;
  readonly say: (message: JobMessage) => void;
  /** Aborted when the job shall stop: as soon as it can, leaving a checkpoint where it makes any. */
  readonly signal: Pick<AbortSignal, 'aborted'>;
  /** Milliseconds that only ever grow, such as `performance.now`. They decide what is told and when, never what is computed. */
  readonly now: () => number;
}

const progressEveryMs = 1000;

/** What every job gets: a voice, a clock, and the moment to breathe between two pieces of work. */
export class JobContext {
  readonly device: Device;
  readonly now: () => number;
  /** The step that a training has reached, for whoever must tell where it failed. */
  step: number | null = null;
  readonly #say: (message: JobMessage) => void;
  readonly #signal: Pick<AbortSignal, 'aborted'>;
  #lastProgressMs = Number.NEGATIVE_INFINITY;
  #lastPhase = '';

  constructor({ device, say, signal, now }: JobSurroundings) {
    this.device = device;
    this.now = now;
    this.#say = say;
    this.#signal = signal;
  }

  get stopping(): boolean {
    return this.#signal.aborted;
  }

  /** Tells where the job stands, at most once a second within one phase; `progress` is only asked for when it will be told. */
  progress(phase: string, progress: () => Omit<Progress, 'phase'> = () => ({})): void {
    const nowMs = this.now();
    if (phase === this.#lastPhase && nowMs - this.#lastProgressMs < progressEveryMs) return;
    this.#lastPhase = phase;
    this.#lastProgressMs = nowMs;
    this.#say({ type: 'progress', progress: { phase, ...progress() } });
  }

  /** For whoever reads a dataset: tells how far that is. @throws JobStopped, which ends the reading, when the job shall stop. */
  readonly reading = (done: number, total: number): void => {
    this.progress('reading the dataset', () => ({ step: done, steps: total }));
    if (this.stopping) throw new JobStopped();
  };

  metrics(points: MetricPoint[]): void {
    if (points.length > 0) this.#say({ type: 'metrics', points });
  }

  info(text: string): void {
    this.#say({ type: 'log', line: { level: 'info', text } });
  }

  warn(text: string): void {
    this.#say({ type: 'log', line: { level: 'warning', text } });
  }

  checkpoint(file: OutputFile, epoch: number, step: number): void {
    this.#say({ type: 'checkpoint', file, epoch, step });
  }

  /** The same surroundings for a piece of work inside the job, whose curves and checkpoints are nobody's business. */
  quietly(): JobContext {
    const say = (message: JobMessage): void => {
      if (message.type === 'progress' || message.type === 'log') this.#say(message);
    };
    return new JobContext({ device: this.device, now: this.now, signal: this.#signal, say });
  }

  /** Lets signals and messages in: TensorFlow's calls block the event loop. */
  breathe(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** As `breathe`, for work that keeps no checkpoint. @throws JobStopped when the job shall stop. */
  async breatheOrStop(): Promise<void> {
    await this.breathe();
    if (this.stopping) throw new JobStopped();
  }
}
