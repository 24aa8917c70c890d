/**
 * The names under which workflows, activities and queues find each other. They live in the histories of running workflows, so a name
 * is never changed: a new meaning gets a new name.
 */

/** Workflows and the light activities that only read and write rows. */
export const orchestrationQueue = 'espalier-orchestration';

/** The trainer activities of one pool of workers; each worker takes one at a time. */
export const poolQueue = (pool: string): string => `espalier-pool-${pool}`;

export const runWorkflowName = 'runWorkflow';
export const searchWorkflowName = 'searchWorkflow';
export const inspectDatasetWorkflowName = 'inspectDatasetWorkflow';

/** A run's workflow bears the run's id, so starting it again starts nothing. */
export const runWorkflowId = (runId: string): string => runId;
/** A round has one search at most. */
export const searchWorkflowId = (runId: string, round: number): string => `${runId}-search-${round}`;
export const inspectionWorkflowId = (datasetId: string): string => `inspect-${datasetId}`;

/** Asks a running run which stage it is in; null before the first one. */
export const currentStageQueryName = 'currentStage';
