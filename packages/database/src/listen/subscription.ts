/** Whose changes to be told of. */
export type Wanted = { readonly runId: string } | { readonly organizationId: string };

/** Runs that changed; `everything` when some changes may have gone unheard, and whatever is wanted should be looked at. */
export type Change = { readonly runIds: readonly string[] } | 'everything';

/**
 * The changes somebody asked for. They are gathered while their reader is busy: a run that changes ten times in the meantime is told of once.
 */
export class Subscription implements AsyncIterableIterator<Change> {
  readonly #wanted: Wanted;
  readonly #onEnd: () => void;
  #changed = new Set<string>();
  #everything = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(wanted: Wanted, onEnd: () => void) {
    this.#wanted = wanted;
    this.#onEnd = onEnd;
  }

  tell({ runId, organizationId }: { runId: string; organizationId: string }): void {
    const concerns = 'runId' in this.#wanted ? this.#wanted.runId === runId : this.#wanted.organizationId === organizationId;
    if (!concerns) return;
    this.#changed.add(runId);
    this.#wake?.();
  }

  wakeForEverything(): void {
    this.#everything = true;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Change>> {
    while (!this.#ended && !this.#everything && this.#changed.size === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#ended) return { done: true, value: undefined };
    const change: Change = this.#everything ? 'everything' : { runIds: [...this.#changed] };
    this.#everything = false;
    this.#changed = new Set();
    return { done: false, value: change };
  }

  async return(): Promise<IteratorResult<Change>> {
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
