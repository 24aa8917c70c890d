/** Checkpoints may take this share of a training's time, */
const share = 0.02;
/** and so much besides, so that a short training has some, too. */
const graceSeconds = 0.5;

/** When the next checkpoint is due. It decides when one is written, never what is computed. */
export class SaveTimer {
  readonly #everySeconds: number;
  readonly #now: () => number;
  readonly #startedAtMs: number;
  #savedAtMs: number;
  #lastTookSeconds = 0;
  #spentSeconds = 0;

  /** @param now milliseconds that only ever grow. */
  constructor(everySeconds: number, now: () => number) {
    this.#everySeconds = everySeconds;
    this.#now = now;
    this.#startedAtMs = this.#savedAtMs = now();
  }

  /** Whether enough time has gone by for another one within an epoch. */
  get isDue(): boolean {
    return this.#secondsSince(this.#savedAtMs) >= this.#everySeconds && this.isAffordable;
  }

  /** Whether all of them would not have taken more than their share if one more were made now, as long as the last one: a large network's takes seconds. */
  get isAffordable(): boolean {
    return this.#spentSeconds + this.#lastTookSeconds <= graceSeconds + share * this.#secondsSince(this.#startedAtMs);
  }

  async saving(save: () => Promise<void>): Promise<void> {
    const startMs = this.#now();
    await save();
    this.#savedAtMs = this.#now();
    this.#lastTookSeconds = (this.#savedAtMs - startMs) / 1000;
    this.#spentSeconds += this.#lastTookSeconds;
  }

  #secondsSince(startMs: number): number {
    return (this.#now() - startMs) / 1000;
  }
}
