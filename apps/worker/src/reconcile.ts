import {
  startDatasetInspection,
  startRunWorkflow,
  stateOfDatasetInspection,
  stateOfRunWorkflow,
} from '@espalier/compression-workflow/client';
import { EspalierError, toWireError, type WireError } from '@espalier/core';
import { endRun, refuseDataset, unfinishedRuns, uninspectedDatasets, type Database } from '@espalier/database';
import type { Storage } from '@espalier/storage';

export interface Reconciliation {
  readonly database: Database['pool'];
  readonly storage: Storage;
  readonly client: Parameters<typeof startRunWorkflow>[0];
  /** The pool whose workers inspect a dataset that was left waiting. */
  readonly pool: string;
}

/**
 * Brings rows and workflows together again after what neither of them could see: what was written but whose workflow was never started is started,
 * and what lost its workflow to somebody outside is ended. Doing it twice, or in two workers at once, does no harm.
 * @returns how many were started and ended.
 */
export async function reconcile({ database, storage, client, pool }: Reconciliation): Promise<{ started: number; ended: number }> {
  const count = { started: 0, ended: 0 };
  for (const { runId, pool: itsPool } of await unfinishedRuns(database)) {
    const state = await stateOfRunWorkflow(client, { runId });
    if (state === 'absent') {
      await startRunWorkflow(client, { runId, pool: itsPool });
      count.started += 1;
    } else if (state === 'closed') {
      const error = endedFromOutside(`the workflow of run ${runId}`, 'Start the run again.');
      for (const checkpoint of await endRun(database, runId, { status: 'failed', error })) await storage.remove(checkpoint);
      count.ended += 1;
    }
  }
  for (const datasetId of await uninspectedDatasets(database)) {
    const state = await stateOfDatasetInspection(client, { datasetId });
    if (state === 'absent') {
      await startDatasetInspection(client, { datasetId, pool });
      count.started += 1;
    } else if (state === 'closed') {
      await refuseDataset(database, datasetId, endedFromOutside(`the inspection of dataset ${datasetId}`, 'Register it again.'));
      count.ended += 1;
    }
  }
  return count;
}

const endedFromOutside = (what: string, hint: string): WireError =>
  toWireError(new EspalierError('UNAVAILABLE', `${what} was ended from outside`, { hint }));
