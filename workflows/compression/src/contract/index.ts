export {
  currentStageQueryName,
  inspectDatasetWorkflowName,
  inspectionWorkflowId,
  orchestrationQueue,
  poolQueue,
  runWorkflowId,
  runWorkflowName,
} from './names.ts';
export { InspectDatasetInputSchema, RunWorkflowInputSchema, type InspectDatasetInput, type RunWorkflowInput } from './inputs.ts';
export type {
  AnalyseStage,
  CompressionPlan,
  DatasetInput,
  EvaluateStage,
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
export { seedOfStage, targetOfRound } from '@espalier/core';
export { endsRounds, jobOf, madeAfter, type Made } from './jobs.ts';
