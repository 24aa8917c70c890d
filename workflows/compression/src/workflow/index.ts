export { currentStageQuery, runWorkflow } from './run.ts';
export { inspectDatasetWorkflow } from './inspect-dataset.ts';
export { searchWorkflow } from './search.ts';
