export {
  currentStageQueryName,
  inspectDatasetWorkflowName,
  inspectionWorkflowId,
  orchestrationQueue,
  poolQueue,
  runWorkflowId,
  runWorkflowName,
  searchWorkflowId,
  searchWorkflowName,
} from './names.ts';
export { InspectDatasetInputSchema, RunWorkflowInputSchema, type InspectDatasetInput, type RunWorkflowInput } from './inputs.ts';
export type {
  AnalyseStage,
  CandidateRequest,
  CompressionPlan,
  DatasetInput,
  EvaluateStage,
  FitnessStage,
  InspectDatasetStage,
  NetworkInput,
  PruneStage,
  RunPlan,
  StageJob,
  StageOutcome,
  StageRequest,
  TrainStage,
  TrainingPlan,
} from './stage-job.ts';
export { seedOfStage } from '@espalier/core';
export { endsRounds, jobOf, madeAfter, nothingMade, type Made } from './jobs.ts';
export { analysisAfter, candidatesOf, openSearch, type OpenSearch } from './search.ts';
