export { JobContext, JobStopped, type JobMessage, type JobOutcome, type JobSurroundings } from './context.ts';
export { namedFailure } from './failure.ts';
export { runTrain } from './jobs/train.ts';
export { runAnalyse, type Planner, type PlanInput } from './jobs/analyse.ts';
export { runFitness } from './jobs/fitness.ts';
export { runPrune } from './jobs/prune.ts';
export { runEvaluate } from './jobs/evaluate.ts';
export { withProvenance } from './jobs/provenance.ts';
export { checkFitOf } from './jobs/opened.ts';
export { runInspectDataset } from './jobs/inspect-dataset.ts';
export { readNetworkFile, writeNetworkFile, type NetworkFile } from './jobs/files.ts';
export { train, trainFor } from './train/train.ts';
export { classificationTask, type Lessons } from './train/classification-task.ts';
export type { BatchSource, TaskStep, TrainingTask, ValidationPass } from './train/task.ts';
export type { Trained, Training } from './train/training.ts';
export { learningRateAt } from './schedule.ts';
export { decodeCheckpoint, encodeCheckpoint, type Checkpoint, type Tally } from './checkpoint/format.ts';
export { CheckpointFolder } from './checkpoint/folder.ts';
export { TrainingStep, type StepOutcome, type TrainingStepOptions } from './steps/training-step.ts';
export { type Judgement, type Objective, type Pictures, type Targets, type TargetShape } from './steps/objective.ts';
export { classification } from './steps/classification.ts';
export { ForwardPass, type ForwardPassOptions } from './steps/forward-pass.ts';
export { crossEntropy, distillationLoss } from './steps/loss.ts';
export { descend, optimizerOf, type LearntVariable, type Optimizer } from './steps/optimizer.ts';
export { Evaluation, evaluationBatchSize, type Score } from './measure/evaluate.ts';
export {
  analyseSensitivity,
  type SensitivityRequest,
  type SensitivityReport,
  type GroupSensitivity,
  type SensitivityPoint,
} from './sensitivity/analyse.ts';
export {
  analyseDetectorSensitivity,
  type DetectorSensitivityPoint,
  type DetectorSensitivityReport,
  type DetectorSensitivityRequest,
} from './sensitivity/detectors.ts';
export type { PrecisionEstimate } from './sensitivity/bootstrap.ts';
export { openFor, type OpenedDataset } from './jobs/opened.ts';
export {
  effectsInFolder,
  precisionsInFolder,
  type CutEffects,
  type CutPrecisions,
  type CutKey,
  type CutEffect,
} from './sensitivity/cache.ts';
export { fitnessOf } from './search/fitness.ts';
export type { FitnessRequest } from './search/candidate.ts';
export { listenTo, type Listener, type MapListener, type GradientListener, type ObservedMaps } from './observe/collect.ts';
export { recalibrateBatchNormalisation } from './search/recalibrate.ts';
export { tensorflowRunner } from './verification/tensorflow-runner.ts';
