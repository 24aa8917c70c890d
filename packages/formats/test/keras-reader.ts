import { EspalierError, type NetworkData } from '@espalier/core';
import { inSilence } from '../src/format.ts';
import { readArchive } from '../src/keras/archive/format.ts';
import { readH5 } from '../src/keras/h5/format.ts';
import { Hdf5Thread } from '../src/keras/hdf5/hdf5-thread.ts';

/**
 * Reads one Keras file after another in the same thread, which a program never does after a bad one, but which lets a test read thousands.
 */
export class KerasReader {
  #thread: Hdf5Thread | undefined;
  readonly #patienceMs: number;

  /** How long to wait for a file: a second for one that may be endless, long where a busy machine must not change the answer. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Files for which the thread had to be ended. */
  lostThreads = 0;

  /** The network, or the expected failure. Throws anything else. */
  async read(layout: 'h5' | 'keras', bytes: Uint8Array): Promise<NetworkData | EspalierError> {
    this.#thread ??= new Hdf5Thread('read', { patienceMs: this.#patienceMs });
    try {
      return await (layout === 'h5' ? readH5 : readArchive)(this.#thread, bytes, inSilence);
    } catch (error) {
      if (!(error instanceof EspalierError)) throw error;
      if (this.#thread.hasEnded) await this.#lose();
      return error;
    }
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  async #lose(): Promise<void> {
    this.lostThreads++;
    await this.#thread?.close();
    this.#thread = undefined;
  }
}
