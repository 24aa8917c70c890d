import type {
  AnalyseJob,
  ArtifactRef,
  CompressionRecipe,
  DatasetLocation,
  Digest,
  EvaluateJob,
  FitnessJob,
  InspectDatasetJob,
  NetworkSource,
  PruneJob,
  Remainder,
  SearchStanding,
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
export type AnalyseStage = Omit<AnalyseJob, Local | 'networkPath' | 'judged'> & {
  readonly dataset: DatasetInput;
  readonly network: Digest;
  readonly judged?: { readonly search: Digest; readonly statistics: Digest | null; readonly fitnesses: readonly number[] };
};
/** One candidate of a search that an analysis has handed out. */
export type FitnessStage = Omit<FitnessJob, Local | 'networkPath' | 'searchPath' | 'statisticsPath'> &
  Pick<SearchStanding, 'algorithm' | 'generation'> & {
    readonly dataset: DatasetInput;
    readonly network: Digest;
    readonly search: Digest;
    readonly statistics: Digest | null;
    /** Digest of the candidate's genome: what its fitness is known by. */
    readonly genome: Digest;
  };
export type PruneStage = Omit<PruneJob, Local | 'networkPath' | 'planPath'> & {
  readonly dataset: DatasetInput;
  readonly network: Digest;
  readonly plan: Digest;
};
export type EvaluateStage = Omit<EvaluateJob, Local | 'networks' | 'planPaths'> & {
  readonly dataset: DatasetInput;
  readonly networks: readonly { readonly name: string; readonly digest: Digest }[];
  /** Those of all rounds, the first one first. */
  readonly plans?: readonly Digest[];
};
export type InspectDatasetStage = Omit<InspectDatasetJob, Local> & { readonly dataset: DatasetInput };

export type StageJob = TrainStage | AnalyseStage | PruneStage | EvaluateStage;

/** One stage of one run, as a trainer activity is asked for it. */
export interface StageRequest<J extends StageJob = StageJob> {
  readonly runId: string;
  readonly stage: StageKey;
  readonly job: J;
}

/** One candidate to be judged for a stage of a run. */
export type CandidateRequest = Omit<StageRequest, 'job'> & { readonly job: FitnessStage };

/** What a stage hands on: its artifacts by the names the trainer gave them (`network`, `plan`). Everything else it found is in the database. */
export interface StageOutcome {
  readonly outputs: Readonly<Record<string, ArtifactRef>>;
  /** Instead of a plan: the search that has to go on before there can be one. */
  readonly search?: SearchStanding;
  /** What an analysis that came to its end leaves of the network. */
  readonly remainder?: Remainder;
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
