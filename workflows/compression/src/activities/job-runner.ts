import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { EspalierError, assertNever, type FinalMessage, type LogLine, type Message, type OutputFile } from '@espalier/core';
import type { FitnessStage, InspectDatasetStage, StageJob } from '../contract/index.ts';
import { checkBelowDataRoots } from './data-roots.ts';
import { defaultLimits, type TrainerDependencies, type TrainerLimits } from './dependencies.ts';
import { materialiseJob } from './materialise.ts';
import { patiently } from './patience.ts';
import { Reporter, type Report } from './reporter.ts';
import type { Heartbeat } from './resume.ts';
import { stopGraceMs, stopReason } from './stop-signal.ts';
import { superviseTrainer } from './supervise.ts';

export interface JobListener {
  /** Keeps what was told, at most twice a second. A rejection ends the job. */
  readonly write: (report: Report) => Promise<void>;
  /** Keeps a checkpoint; the trainer waits for it, so that a file is never replaced while it is read. */
  readonly checkpoint: (file: OutputFile, place: { epoch: number; step: number }) => Promise<void>;
}

/**
 * One job of one activity: a folder, a trainer, heartbeats for as long as it takes, and one signal for every reason to stop.
 */
export class JobRunner {
  readonly folder: string;
  readonly #dependencies: TrainerDependencies;
  readonly #listener: JobListener;
  readonly #limits: TrainerLimits;
  readonly #context = Context.current();
  readonly #stop = new AbortController();
  readonly #reporter: Reporter;
  #heartbeat: Heartbeat = { checkpoint: null };

  constructor(dependencies: TrainerDependencies, name: string, listener: JobListener) {
    this.folder = path.join(dependencies.workDirectory, name);
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#limits = { ...defaultLimits, ...dependencies.limits };
    this.#reporter = new Reporter({
      write: (report) => patiently(this.#stop.signal, () => listener.write(report)),
      onFailure: (error) => this.#stop.abort(error),
      everyMs: this.#limits.reportEveryMs,
    });
  }

  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  heartbeat(details: Heartbeat): void {
    this.#heartbeat = details;
    this.#context.heartbeat(details);
  }

  line(level: LogLine['level'], text: string): void {
    this.#reporter.line({ level, text });
  }

  /** Does `work` with the folder there and the heart beating; afterwards both are gone and everything told is written. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    const { cancellationSignal } = this.#context;
    const obey = (): void => this.#stop.abort(stopReason(this.#context));
    if (cancellationSignal.aborted) obey();
    cancellationSignal.addEventListener('abort', obey);
    const beat = setInterval(() => this.#context.heartbeat(this.#heartbeat), this.#limits.heartbeatEveryMs);
    try {
      await mkdir(path.join(this.folder, 'work'), { recursive: true });
      return await work();
    } finally {
      await this.#reporter.close();
      clearInterval(beat);
      cancellationSignal.removeEventListener('abort', obey);
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  async run(
    job: StageJob | FitnessStage | InspectDatasetStage,
    resumeFrom: string | null,
  ): Promise<Extract<FinalMessage, { type: 'done' }>> {
    const { trainer, storage, dataRoots } = this.#dependencies;
    await checkBelowDataRoots(job.dataset.location.path, dataRoots);
    const jobFile = path.join(this.folder, 'job.json');
    await writeFile(jobFile, JSON.stringify(await materialiseJob(job, { storage, folder: this.folder, resumeFrom })));
    const done = await superviseTrainer(trainer, {
      jobFile,
      onMessage: (message) => this.#hear(message),
      onText: ({ text }) => this.#hearText(text),
      stop: this.#stop.signal,
      stopGraceMs: () => this.#stopGraceMs(),
      silenceLimitMs: this.#limits.silenceLimitMs,
      stuckLimitMs: this.#limits.stuckLimitMs,
    });
    await this.#reporter.close();
    // The last report may be the one that was refused.
    this.#stop.signal.throwIfAborted();
    return done;
  }

  /** An overtaken trainer has nothing left to save. */
  #stopGraceMs(): number {
    const reason: unknown = this.#stop.signal.reason;
    const overtaken = reason instanceof EspalierError && reason.code === 'STALE_ATTEMPT';
    return overtaken ? 0 : stopGraceMs(this.#context, this.#limits);
  }

  /** Text that is no message, most of it TensorFlow's own. What TensorFlow says for information concerns those who work on TensorFlow. */
  #hearText(text: string): void {
    const severity = /^(?<letter>[IWEF])\d{4} /.exec(text)?.groups?.letter;
    if (severity === 'I' || text.startsWith('WARNING: All log messages before absl::InitializeLog()')) return;
    this.line(severity === 'W' ? 'warning' : severity === undefined ? 'info' : 'error', text);
  }

  async #hear(message: Exclude<Message, FinalMessage>): Promise<void> {
    switch (message.type) {
      case 'hello':
        return this.#reporter.device(message.device);
      case 'progress':
        return this.#reporter.progress(message.progress);
      case 'metrics':
        return this.#reporter.points(message.points);
      case 'log':
        return this.#reporter.line(message.line);
      case 'checkpoint':
        return this.#listener.checkpoint(message.file, message);
      default:
        return assertNever(message);
    }
  }
}
