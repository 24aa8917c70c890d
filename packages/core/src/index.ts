export {
  errorCodes,
  EspalierError,
  WireErrorSchema,
  toWireError,
  fromWireError,
  badInput,
  removesTooLittle,
  type ErrorCode,
  type WireError,
} from './errors.ts';
export { assertNever } from './assert-never.ts';
export { table, count, percent, percentChange } from './text/table.ts';
export { niceTicks } from './text/nice-ticks.ts';
export { reachedRatio, removedShare } from './reached.ts';
export { FitnessSettingsSchema, type FitnessSettings } from './fitness.ts';
export { paretoFront, hypervolume, type Tradeoff } from './statistics/pareto.ts';
export { wilsonInterval, pairedDifference, bootstrapInterval, percentileInterval, type Estimate } from './statistics/interval.ts';
export { estimateMedian, type MedianEstimate } from './statistics/median.ts';
export {
  Generator,
  GeneratorStateSchema,
  createGenerator,
  restoreGenerator,
  seedOfDigest,
  type GeneratorState,
} from './random/generator.ts';
export { DigestSchema, ArtifactRefSchema, artifactKinds, type Digest, type ArtifactKind, type ArtifactRef } from './artifact.ts';
export {
  LatencySchema,
  MeasurementSchema,
  ClassificationMeasurementSchema,
  DetectionMeasurementSchema,
  AveragePrecisionSchema,
  VerdictSchema,
  LayerWidthSchema,
  LayerSummarySchema,
  type Latency,
  type Measurement,
  type ClassificationMeasurement,
  type DetectionMeasurement,
  type AveragePrecision,
  type Verdict,
  type LayerWidth,
  type LayerSummary,
} from './measurement.ts';
export {
  datasetFormats,
  datasetKinds,
  shapeAt,
  splitNames,
  DatasetLocationSchema,
  DatasetSummarySchema,
  type DatasetFormat,
  type DatasetKind,
  type SplitName,
  type DatasetLocation,
  type DatasetSummary,
} from './dataset.ts';
export {
  AugmentationSchema,
  ColourJitterSchema,
  RandomResizedCropSchema,
  SceneAugmentationSchema,
  type ColourJitter,
  type RandomResizedCrop,
  type SceneAugmentation,
} from './augmentation.ts';
export {
  ScheduleSchema,
  OptimizerSchema,
  TrainingSettingsSchema,
  EarlyStopSchema,
  AttentionTransferSchema,
  ComparedLayersSchema,
  DistillationSettingsSchema,
  FeatureHintsSchema,
  CostTargetSchema,
  TargetSchema,
  MethodChoiceSchema,
  PoolSchema,
  TrainingRecipeSchema,
  CompressionRecipeSchema,
  RecipeSchema,
  type TrainingSettings,
  type EarlyStop,
  type ComparedLayers,
  type DistillationSettings,
  type CostTarget,
  type Target,
  type MethodChoice,
  type TrainingRecipe,
  type CompressionRecipe,
  type Recipe,
  type RecipeInput,
} from './recipe.ts';
export { checkRecipeFor, withDefaultsFor } from './recipe-for.ts';
export {
  runStatuses,
  isFinal,
  stageNames,
  stageStatuses,
  StageKeySchema,
  stagesOf,
  ProgressSchema,
  MetricPointSchema,
  logLevels,
  LogLineSchema,
  DeviceSchema,
  type RunStatus,
  type StageName,
  type StageStatus,
  type StageKey,
  type Progress,
  type MetricPoint,
  type LogLine,
  type Device,
} from './run.ts';
export { seedOfStage } from './stage.ts';
export { remainderOf, targetOfRound, type Remainder } from './rounds.ts';
export {
  NetworkSourceSchema,
  TrainJobSchema,
  AnalyseJobSchema,
  FitnessJobSchema,
  PruneJobSchema,
  EvaluateJobSchema,
  InspectDatasetJobSchema,
  JobSchema,
  type NetworkSource,
  type TrainJob,
  type AnalyseJob,
  type FitnessJob,
  type PruneJob,
  type EvaluateJob,
  type InspectDatasetJob,
  type Job,
  type JobKind,
} from './protocol/job.ts';
export {
  OutputFileSchema,
  NetworkCostSchema,
  SearchStandingSchema,
  LoweredRateSchema,
  JobResultSchema,
  MessageSchema,
  type OutputFile,
  type NetworkCost,
  type SearchStanding,
  type LoweredRate,
  type JobResult,
  type Message,
  type FinalMessage,
} from './protocol/message.ts';
export type { InboundTensor, LayerConfig, Topology, Weight, NetworkData } from './network-data.ts';
