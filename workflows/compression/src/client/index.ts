export { connectToWorkflows, type TemporalAddress } from './connect.ts';
export { cancelRunWorkflow, startDatasetInspection, startRunWorkflow, stateOfRunWorkflow } from './steer.ts';
