import type { Message, Progress } from '@espalier/core';
import type { Shared } from './shared.ts';

/** A trainer promises a word every five seconds. */
const longestSilenceMs = 4000;
const lookEveryMs = 500;

/** Speaks for the thread that works while that is within one call: where it was last, and for how many seconds nothing was heard of it. */
export class Watch {
  readonly #shared: Shared;
  readonly #say: (message: Message) => void;
  readonly #timer: NodeJS.Timeout;
  /** The count of messages when something was last said, by whom, and when. */
  #said: number;
  #saidAtMs: number;
  #heardAtMs: number;
  #progress: Progress = { phase: 'starting' };

  constructor(shared: Shared, say: (message: Message) => void, now: () => number) {
    this.#shared = shared;
    this.#say = say;
    this.#said = shared.said;
    this.#heardAtMs = this.#saidAtMs = now();
    this.#timer = setInterval(() => this.#look(now()), lookEveryMs);
  }

  /** Where the work stands, as it said itself. */
  heard(progress: Progress): void {
    this.#progress = progress;
  }

  /** The step of the last progress. */
  get step(): number | null {
    return this.#progress.step ?? null;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(nowMs: number): void {
    const { said } = this.#shared;
    if (said !== this.#said) {
      this.#said = said;
      this.#heardAtMs = this.#saidAtMs = nowMs;
    } else if (nowMs - this.#saidAtMs >= longestSilenceMs) {
      const { secondsLeft: _, ...progress } = this.#progress;
      this.#say({ type: 'progress', progress: { ...progress, silentSeconds: Math.round((nowMs - this.#heardAtMs) / 1000) } });
      this.#said = this.#shared.said;
      this.#saidAtMs = nowMs;
    }
  }
}
