import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { runChannel } from '../execution/index.ts';
import { deferred } from './deferred.ts';
import { Subscription, type Wanted } from './subscription.ts';

const NotificationSchema = z.object({ runId: z.string(), organizationId: z.string() });

export interface RunListenerOptions {
  /** Told of each failed attempt to reach the database; the listener goes on trying. */
  readonly onTrouble?: (error: unknown) => void;
  readonly longestPauseMs?: number;
}

/**
 * One connection that hears of every change of every run, fanned out to whoever asked. When it breaks it is made anew, and since what was told in
 * between is lost, every subscriber is then woken to look for itself.
 */
export class RunListener {
  readonly #url: string;
  readonly #options: Required<RunListenerOptions>;
  readonly #subscriptions = new Set<Subscription>();
  readonly #stopping = new AbortController();
  #listening = deferred();
  #connectedBefore = false;
  readonly #ended: Promise<void>;

  constructor(url: string, { onTrouble = () => undefined, longestPauseMs = 5000 }: RunListenerOptions = {}) {
    this.#url = url;
    this.#options = { onTrouble, longestPauseMs };
    this.#ended = this.#keepListening();
  }

  /**
   * Changes of one run, or of an organization's runs, from the moment this resolves: what is read after that and the changes together miss nothing.
   * Iterate it to the end, `return()` it, or abort `signal`.
   */
  async subscribe(wanted: Wanted, signal?: AbortSignal): Promise<Subscription> {
    const end = (): void => subscription.end();
    const subscription = new Subscription(wanted, () => {
      this.#subscriptions.delete(subscription);
      signal?.removeEventListener('abort', end);
    });
    this.#subscriptions.add(subscription);
    signal?.addEventListener('abort', end, { once: true });
    await this.#listening.promise;
    if (signal?.aborted === true) subscription.end();
    return subscription;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#listening.resolve();
    for (const subscription of this.#subscriptions) subscription.end();
    await this.#ended;
  }

  async #keepListening(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#listenUntilBroken(() => {
          failures = 0;
        });
      } catch (error) {
        if (!signal.aborted) this.#options.onTrouble(error);
      }
      if (signal.aborted) return;
      const pauseMs = Math.min(100 * 2 ** failures, this.#options.longestPauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined); // Aborted: the loop sees it.
    }
  }

  /** Resolves when told to stop; rejects when the connection breaks. */
  async #listenUntilBroken(onListening: () => void): Promise<void> {
    const client = new Client({ connectionString: this.#url, application_name: 'espalier listener', keepAlive: true });
    const over = deferred();
    over.promise.catch(() => undefined); // It may break before it is awaited below.
    client.on('error', over.reject);
    client.on('end', () => over.reject(new Error('the database closed the connection on which changes of runs are told')));
    client.on('notification', ({ payload }) => this.#tell(payload));
    const stop = (): void => over.resolve();
    this.#stopping.signal.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
      await client.query(`LISTEN ${runChannel}`);
      onListening();
      this.#listening.resolve();
      if (this.#connectedBefore) for (const subscription of this.#subscriptions) subscription.wakeForEverything();
      this.#connectedBefore = true;
      await over.promise;
    } finally {
      if (!this.#stopping.signal.aborted) this.#listening = deferred();
      this.#stopping.signal.removeEventListener('abort', stop);
      await client.end().catch(() => undefined); // A broken connection cannot be closed politely.
    }
  }

  #tell(payload: string | undefined): void {
    try {
      const change = NotificationSchema.parse(JSON.parse(payload ?? ''));
      for (const subscription of this.#subscriptions) subscription.tell(change);
    } catch (error) {
      // Anyone with the database's password may notify on the channel; that must not end this process.
      this.#options.onTrouble(error);
    }
  }
}
