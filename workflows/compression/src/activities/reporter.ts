import type { Device, LogLine, MetricPoint, Progress } from '@espalier/core';

/** What has been heard from a trainer since the last write. */
export interface Report {
  progress?: Progress;
  device?: Device;
  readonly points: MetricPoint[];
  readonly lines: LogLine[];
}

export interface ReporterOptions {
  readonly write: (report: Report) => Promise<void>;
  /** Told once, of the first write that failed; after it nothing more is written. */
  readonly onFailure: (error: unknown) => void;
  readonly everyMs: number;
}

const longestText = 4000;
/** A trainer that floods its log must not flood the database: this many lines a write, and a word on how many were left out. */
const mostLines = 200;

/**
 * Gathers what a trainer says and writes it at most once in `everyMs`, one write at a time: a step may take a millisecond, a transaction does not.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  #gathered: Report = { points: [], lines: [] };
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  progress(progress: Progress): void {
    this.#gathered.progress = progress;
    this.#schedule();
  }

  device(device: Device): void {
    this.#gathered.device = device;
    this.#schedule();
  }

  points(points: readonly MetricPoint[]): void {
    this.#gathered.points.push(...points);
    this.#schedule();
  }

  line({ level, text }: LogLine): void {
    if (this.#gathered.lines.length >= mostLines) this.#leftOut += 1;
    else this.#gathered.lines.push({ level, text: text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text });
    this.#schedule();
  }

  /** Writes what is left; resolves when everything is written or a write has failed. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flush();
    await this.#writing;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.everyMs);
  }

  #flush(): void {
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const report = this.#gathered;
    const leftOut = this.#leftOut;
    this.#gathered = { points: [], lines: [] };
    this.#leftOut = 0;
    if (leftOut > 0) report.lines.push({ level: 'warning', text: `${leftOut} more lines were left out here.` });
    const empty = report.points.length + report.lines.length === 0 && report.progress === undefined && report.device === undefined;
    if (this.#failed || empty) return;
    try {
      await this.#options.write(report);
    } catch (error) {
      this.#failed = true;
      this.#options.onFailure(error);
    }
  }
}
