export { currentStageQuery, runWorkflow } from './run.ts';
export { inspectDatasetWorkflow } from './inspect-dataset.ts';
