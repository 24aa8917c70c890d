import type {
  AnalyseJob,
  ArtifactRef,
  CompressionRecipe,
  DatasetLocation,
  Digest,
  EvaluateJob,
  InspectDatasetJob,
  NetworkSource,
  PruneJob,
  StageKey,
  TrainJob,
  TrainingRecipe,
} from '@espalier/core';

/**
 * A trainer's job as it travels through a workflow: where the trainer's own `Job` has a local path, this has a digest. Whichever worker takes it
 * puts the artifacts in place and fills in the paths (`activities/materialise.ts`).
 */

/** A dataset in place. Its digest is part of what a step is known by: other images make another step. */
export interface DatasetInput {
  readonly location: DatasetLocation;
  readonly digest: Digest | null;
}

export type NetworkInput = Extract<NetworkSource, { from: 'zoo' }> | { readonly from: 'artifact'; readonly digest: Digest };

/** What a worker fills in when it takes the job. */
type Local = 'workDirectory' | 'dataset';

export type TrainStage = Omit<TrainJob, Local | 'network' | 'distillation' | 'checkpointEverySeconds' | 'resumeFrom'> & {
  readonly dataset: DatasetInput;
  readonly network: NetworkInput;
  readonly distillation: { readonly teacher: Digest; readonly settings: NonNullable<TrainJob['distillation']>['settings'] } | null;
};
export type AnalyseStage = Omit<AnalyseJob, Local | 'networkPath'> & { readonly dataset: DatasetInput; readonly network: Digest };
export type PruneStage = Omit<PruneJob, Local | 'networkPath' | 'planPath'> & {
  readonly dataset: DatasetInput;
  readonly network: Digest;
  readonly plan: Digest;
};
export type EvaluateStage = Omit<EvaluateJob, Local | 'networks'> & {
  readonly dataset: DatasetInput;
  readonly networks: readonly { readonly name: string; readonly digest: Digest }[];
};
export type InspectDatasetStage = Omit<InspectDatasetJob, Local> & { readonly dataset: DatasetInput };

export type StageJob = TrainStage | AnalyseStage | PruneStage | EvaluateStage;

/** One stage of one run, as a trainer activity is asked for it. */
export interface StageRequest<J extends StageJob = StageJob> {
  readonly runId: string;
  readonly stage: StageKey;
  readonly job: J;
}

/** What a stage hands on: its artifacts by the names the trainer gave them (`network`, `plan`). Everything else it found is in the database. */
export interface StageOutcome {
  readonly outputs: Readonly<Record<string, ArtifactRef>>;
}

/** All that a run's workflow decides by, read once at its beginning; nothing of it changes later. */
export type RunPlan = TrainingPlan | CompressionPlan;

export interface TrainingPlan {
  readonly kind: 'training';
  readonly recipe: TrainingRecipe;
  readonly dataset: DatasetInput;
  /** What the training begins with: fresh weights of a zoo network, or a version of the model. */
  readonly network: NetworkInput;
}

export interface CompressionPlan {
  readonly kind: 'compression';
  readonly recipe: CompressionRecipe;
  readonly dataset: DatasetInput;
  /** The network of the version that is compressed. */
  readonly parent: Digest;
}
