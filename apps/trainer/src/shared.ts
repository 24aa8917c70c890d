/** Places in the shared memory, each a 32-bit number. */
const place = { stop: 0, pipe: 1, said: 2 } as const;
const [free, taken] = [0, 1];

/**
 * What the two threads of a trainer have in common. The thread that works is within one call of TensorFlow's for most of its time and hears no message
 * then; what lies in shared memory it sees at once, and so does the thread that watches it.
 */
export class Shared {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array<SharedArrayBuffer>;

  /** @param memory that of the other thread; left out, new. */
  constructor(memory = new SharedArrayBuffer(4 * Object.keys(place).length)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory);
  }

  /** Whether the job shall stop. */
  get stopping(): boolean {
    return Atomics.load(this.#numbers, place.stop) === 1;
  }

  stop(): void {
    Atomics.store(this.#numbers, place.stop, 1);
  }

  /** How many messages were said, by either thread. */
  get said(): number {
    return Atomics.load(this.#numbers, place.said);
  }

  /**
   * Says one message while the other thread says none: lines longer than what a pipe takes at once would get mixed up. Waits for so long at most, for
   * a thread may have ended within its message.
   */
  saying(say: () => void, patienceMs = 2000): void {
    const endsMs = Date.now() + patienceMs;
    while (Atomics.compareExchange(this.#numbers, place.pipe, free, taken) !== free) {
      const leftMs = endsMs - Date.now();
      if (leftMs <= 0) break;
      Atomics.wait(this.#numbers, place.pipe, taken, leftMs);
    }
    try {
      say();
      Atomics.add(this.#numbers, place.said, 1);
    } finally {
      Atomics.store(this.#numbers, place.pipe, free);
      Atomics.notify(this.#numbers, place.pipe);
    }
  }
}
