import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionError } from './failure.ts';

const patienceMs = 60_000;
const pauseMs = 1000;

/**
 * Does `work` again while the database cannot be reached, for up to a minute: restarting it must not cost a training the time since its last checkpoint.
 * `work` must bear being done twice, because a connection may break after the commit. Ends early when `signal` is aborted.
 */
export async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      return await work();
    } catch (error) {
      if (!isConnectionError(error) || waitedMs >= patienceMs || signal.aborted) throw error;
      await sleep(pauseMs);
    }
  }
}
