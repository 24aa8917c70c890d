import { proxyActivities } from '@temporalio/workflow';
import type { RecordActivities, TrainerActivities } from '../activities/index.ts';
import { orchestrationQueue, poolQueue } from '../contract/names.ts';

/** Reads and writes of rows: milliseconds each. */
export const records = proxyActivities<RecordActivities>({
  taskQueue: orchestrationQueue,
  // One that takes longer hangs on a lost connection; another attempt takes a fresh one.
  startToCloseTimeout: '30s',
  // Without an end: when the database is away, the run waits for it. A refusal that would only repeat itself is thrown as non-retryable.
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' },
});

/** Jobs of trainer processes on one pool of workers. */
export const trainersOf = (pool: string): TrainerActivities =>
  proxyActivities<TrainerActivities>({
    taskQueue: poolQueue(pool),
    // The worker heartbeats every second for as long as its trainer lives; ten missed ones mean that the worker is dead. What that costs
    // is these ten seconds and the time since the last checkpoint.
    heartbeatTimeout: '10s',
    // A stage may wait for a free worker as long as it must, and work for days; the worker itself ends a trainer that hangs.
    startToCloseTimeout: '30 days',
    // Short, because the worker that takes it next is usually there already. The activity itself bounds how often (attempts.ts): by attempts that
    // came no further than the one before, so that a long training survives any number of lost workers, and a hopeless one ends soon.
    retry: { initialInterval: '500ms', backoffCoefficient: 1.5, maximumInterval: '30s' },
    // Cancelling waits until the trainer has really ended, so that no run says `cancelled` while its process still computes.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
