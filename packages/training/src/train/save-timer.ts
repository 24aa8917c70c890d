/** Checkpoints may take this share of a training's time. */
const share = 0.02;
/** A save that is quicker than this is never put off. */
const negligibleSeconds = 0.02;

/** When the next checkpoint is due. It decides when one is written, never what is computed. */
export class SaveTimer {
  readonly #everySeconds: number;
  readonly #now: () => number;
  #savedAtMs: number;
  #lastTookSeconds = 0;

  /** @param now milliseconds that only ever grow. */
  constructor(everySeconds: number, now: () => number) {
    this.#everySeconds = everySeconds;
    this.#now = now;
    this.#savedAtMs = now();
  }

  /** Whether enough time has gone by for another one within an epoch. */
  get isDue(): boolean {
    return this.#secondsSince() >= this.#everySeconds && this.isAffordable;
  }

  /** Whether one now would not take more than its share: a large network's takes seconds. */
  get isAffordable(): boolean {
    return this.#lastTookSeconds < negligibleSeconds || this.#secondsSince() >= this.#lastTookSeconds / share;
  }

  async saving(save: () => Promise<void>): Promise<void> {
    const startMs = this.#now();
    await save();
    this.#savedAtMs = this.#now();
    this.#lastTookSeconds = (this.#savedAtMs - startMs) / 1000;
  }

  #secondsSince(): number {
    return (this.#now() - this.#savedAtMs) / 1000;
  }
}
