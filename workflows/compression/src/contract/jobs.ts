import { EspalierError, type CompressionRecipe, type Digest, type StageKey, type TrainingRecipe } from '@espalier/core';
import { targetOfRound } from './rounds.ts';
import { seedOfStage } from './seeds.ts';
import type { AnalyseStage, EvaluateStage, NetworkInput, PruneStage, RunPlan, TrainStage } from './stage-job.ts';

/**
 * Which job each stage of a run is: what it takes from the recipe, and what from the stages before it. Pure, so that it can be tested without
 * a workflow and gives the same answer when one is replayed.
 */

/** What the stages so far have made. */
export interface Made {
  /** The newest network: trained, pruned or retrained. */
  readonly network: Digest | null;
  /** The pruning plan of the round that is going on. */
  readonly plan: Digest | null;
}

export function trainJob({ recipe, network, dataset }: RunPlan & { recipe: TrainingRecipe }, stage: StageKey): TrainStage {
  return {
    kind: 'train',
    seed: seedOfStage(recipe.seed, stage),
    network,
    dataset,
    settings: recipe.training,
    distillation: null,
    series: 'train',
  };
}

export function analyseJob(plan: RunPlan & { recipe: CompressionRecipe }, stage: StageKey, made: Made): AnalyseStage {
  const { recipe, dataset } = plan;
  return {
    kind: 'analyse',
    seed: seedOfStage(recipe.seed, stage),
    network: made.network ?? parentOf(plan),
    dataset,
    method: recipe.method,
    target: targetOfRound(recipe.target, recipe.rounds),
    minimumChannels: recipe.minimumChannels,
    channelMultiple: recipe.channelMultiple,
    round: stage.round,
  };
}

export function pruneJob(plan: RunPlan & { recipe: CompressionRecipe }, stage: StageKey, made: Made): PruneStage {
  return {
    kind: 'prune',
    seed: seedOfStage(plan.recipe.seed, stage),
    network: made.network ?? parentOf(plan),
    plan: needed(made.plan, stage),
    dataset: plan.dataset,
  };
}

/** Recovers what pruning lost. The teacher is the version the run began with, in every round: it is the best network there is. */
export function retrainJob(plan: RunPlan & { recipe: CompressionRecipe }, stage: StageKey, made: Made): TrainStage {
  const { recipe, dataset } = plan;
  return {
    kind: 'train',
    seed: seedOfStage(recipe.seed, stage),
    network: artifact(needed(made.network, stage)),
    dataset,
    settings: recipe.retraining,
    distillation: recipe.distillation === null ? null : { teacher: parentOf(plan), settings: recipe.distillation },
    series: `retrain/${stage.round}`,
  };
}

/** Measures on the test split, which nothing before has looked at. A compression measures what it began with beside what it made. */
export function evaluateJob(plan: RunPlan, stage: StageKey, made: Made): EvaluateStage {
  const after = { name: 'after', digest: needed(made.network, stage) };
  return {
    kind: 'evaluate',
    seed: seedOfStage(plan.recipe.seed, stage),
    networks: plan.recipe.kind === 'compression' ? [{ name: 'before', digest: parentOf(plan) }, after] : [after],
    dataset: plan.dataset,
    split: 'test',
    latency: true,
  };
}

const artifact = (digest: Digest): NetworkInput => ({ from: 'artifact', digest });

function parentOf({ network, runId }: RunPlan): Digest {
  if (network.from === 'artifact') return network.digest;
  throw new EspalierError('BAD_RECIPE', `run ${runId} compresses, but names no version to begin with`, {
    hint: 'Train the model first, then compress the version that comes of it.',
    path: ['version'],
  });
}

function needed(digest: Digest | null, { name, round }: StageKey): Digest {
  if (digest !== null) return digest;
  throw new EspalierError('INTERNAL', `stage ${name} of round ${round} has nothing to work on: no stage before it made a network or plan`);
}
