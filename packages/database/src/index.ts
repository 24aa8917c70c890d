export { openDatabase, type Database } from './open.ts';
export { migrate } from './migrate/migrate.ts';
export type { PrismaClient } from './generated/prisma/client.ts';
export type { Prisma } from './generated/prisma/client.ts';
export type { Created } from './create-once.ts';
export { noteDeed, type Deed } from './audit/audit.ts';
export { registerModel, type NewModel } from './registry/models.ts';
export { registerDataset, type NewDataset } from './registry/datasets.ts';
export { createRun, type NewRun } from './runs/create.ts';
export { readLineage, type Lineage, type LineageEdge, type LineageNode } from './lineage/lineage.ts';
export { beginning, cursorsOf, decodeCursor, encodeCursor, type Cursor } from './series/cursor.ts';
export { readAfter, readLog, readSeries, type Happened, type Line, type Series } from './series/read.ts';
export { RunListener, type RunListenerOptions } from './listen/listener.ts';
export type { Change, Subscription, Wanted } from './listen/subscription.ts';
export {
  acceptDataset,
  beginStage,
  CheckpointSchema,
  datasetToInspect,
  doneStep,
  endRun,
  finishRun,
  finishStage,
  finishStep,
  fitnessOfCandidate,
  joinStage,
  keepFitness,
  noteCheckpoint,
  noteFailure,
  readRunInputs,
  refuseDataset,
  registerVersion,
  reportStage,
  runChannel,
  RunResultSchema,
  StageOutputsSchema,
  unfinishedRuns,
  uninspectedDatasets,
  withFindings,
  type Attempt,
  type BegunStage,
  type CandidateKey,
  type Checkpoint,
  type DoneStep,
  type FinishedStage,
  type RunEnd,
  type RunInputs,
  type RunResult,
  type StageOutputs,
  type StageReport,
  type StageStart,
} from './execution/index.ts';
