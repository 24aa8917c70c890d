import { CancellationScope } from '@temporalio/workflow';
import type { InspectDatasetInput } from '../contract/inputs.ts';
import { wireErrorOf } from './errors.ts';
import { records, trainersOf } from './proxies.ts';

/** Has a dataset read through by a worker that sees it. It ends as ready, or as refused with the reason. */
export async function inspectDatasetWorkflow({ datasetId, pool }: InspectDatasetInput): Promise<void> {
  try {
    await trainersOf(pool).inspectDataset({ datasetId });
  } catch (error) {
    await CancellationScope.nonCancellable(() => records.refuseDataset({ datasetId, error: wireErrorOf(error) }));
    throw error;
  }
}
