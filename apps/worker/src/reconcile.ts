import { startRunWorkflow, stateOfRunWorkflow } from '@espalier/compression-workflow/client';
import { endRun, unfinishedRuns, type Database } from '@espalier/database';
import { toWireError, EspalierError } from '@espalier/core';
import type { Storage } from '@espalier/storage';

export interface Reconciliation {
  readonly pool: Database['pool'];
  readonly storage: Storage;
  readonly client: Parameters<typeof startRunWorkflow>[0];
}

/**
 * Brings rows and workflows together again after what neither of them could see: a run that was written but whose workflow was never started is
 * started, and one whose workflow was ended from outside is ended too. Doing it twice, or in two workers at once, does no harm.
 * @returns how many runs were started and ended.
 */
export async function reconcileRuns({ pool, storage, client }: Reconciliation): Promise<{ started: number; ended: number }> {
  let started = 0;
  let ended = 0;
  for (const { runId, pool: workerPool } of await unfinishedRuns(pool)) {
    const state = await stateOfRunWorkflow(client, { runId });
    if (state === 'absent') {
      await startRunWorkflow(client, { runId, pool: workerPool });
      started += 1;
    } else if (state === 'closed') {
      const error = new EspalierError('UNAVAILABLE', `the workflow of run ${runId} was ended from outside`, {
        hint: 'Start the run again.',
      });
      for (const checkpoint of await endRun(pool, runId, { status: 'failed', error: toWireError(error) })) await storage.remove(checkpoint);
      ended += 1;
    }
  }
  return { started, ended };
}
