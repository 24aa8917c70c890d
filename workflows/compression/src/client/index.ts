export { connectToWorkflows, type TemporalAddress } from './connect.ts';
export {
  cancelRunWorkflow,
  startDatasetInspection,
  startRunWorkflow,
  stateOfDatasetInspection,
  stateOfRunWorkflow,
  type WorkflowState,
} from './steer.ts';
