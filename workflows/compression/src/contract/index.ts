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
} from './stage-job.ts';
export { targetOfRound } from './rounds.ts';
export { seedOfStage } from './seeds.ts';
export { analyseJob, evaluateJob, pruneJob, retrainJob, trainJob, type Made } from './jobs.ts';
