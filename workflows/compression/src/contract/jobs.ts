import { EspalierError, assertNever, seedOfStage, targetOfRound, type Digest, type Remainder, type StageKey } from '@espalier/core';
import type { CompressionPlan, RunPlan, StageJob, StageOutcome, TrainingPlan } from './stage-job.ts';

/**
 * Which job each stage of a run is: what it takes from the recipe, and what from the stages before it. Pure, so that it can be tested without
 * a workflow and gives the same answer when one is replayed.
 */

/** What the stages so far have made. */
export interface Made {
  /** The newest network: trained, pruned or retrained. Null before the first one. */
  readonly network: Digest | null;
  /** What the rounds so far have planned, the newest one last. */
  readonly rounds: readonly PlannedRound[];
}

interface PlannedRound {
  readonly plan: Digest;
  /** Undefined where a release that didn't say it has made the plan. */
  readonly remainder: Remainder | undefined;
}

export const nothingMade: Made = { network: null, rounds: [] };

/** What has been made once a stage is done. */
export const madeAfter = (made: Made, { outputs, remainder }: StageOutcome): Made => ({
  network: outputs.network?.digest ?? made.network,
  rounds: outputs.plan === undefined ? made.rounds : [...made.rounds, { plan: outputs.plan.digest, remainder }],
});

/** Whether the prune – retrain rounds end with this stage: an analysis that makes neither a plan nor a search found nothing more to remove. */
export const endsRounds = ({ name }: StageKey, { outputs }: StageOutcome): boolean =>
  name === 'analyse' && outputs.plan === undefined && outputs.search === undefined;

/** @throws EspalierError `INTERNAL` for a stage that such a run does not have, or that comes before what it works on. */
export function jobOf(plan: RunPlan, stage: StageKey, made: Made): StageJob {
  switch (plan.kind) {
    case 'training':
      return jobOfTraining(plan, stage, made);
    case 'compression':
      return jobOfCompression(plan, stage, made);
    default:
      return assertNever(plan);
  }
}

function jobOfTraining({ recipe, network, dataset }: TrainingPlan, stage: StageKey, made: Made): StageJob {
  const base = { seed: seedOfStage(recipe.seed, stage), dataset };
  switch (stage.name) {
    case 'train':
      return { ...base, kind: 'train', network, settings: recipe.training, distillation: null, series: 'train' };
    case 'evaluate':
      // The test split, which nothing before has looked at.
      return {
        ...base,
        kind: 'evaluate',
        networks: [{ name: 'after', digest: needed(made.network, stage) }],
        split: 'test',
        latency: true,
      };
    default:
      throw foreign(stage, 'training');
  }
}

function jobOfCompression({ recipe, parent, dataset }: CompressionPlan, stage: StageKey, made: Made): StageJob {
  const base = { seed: seedOfStage(recipe.seed, stage), dataset };
  switch (stage.name) {
    case 'analyse': {
      const { method, minimumChannels, channelMultiple } = recipe;
      const remainders = made.rounds.map(({ remainder }) => remainder);
      const target = targetOfRound(recipe.target, recipe.rounds, remainders);
      return {
        ...base,
        kind: 'analyse',
        network: made.network ?? parent,
        method,
        target,
        minimumChannels,
        channelMultiple,
        round: stage.round,
        // A search's candidates are judged by whichever workers of the pool are free.
        candidates: 'elsewhere',
      };
    }
    case 'prune':
      return { ...base, kind: 'prune', network: made.network ?? parent, plan: needed(made.rounds.at(-1)?.plan, stage) };
    case 'retrain': {
      const network = { from: 'artifact' as const, digest: needed(made.network, stage) };
      // The teacher is the version that the run began with, in every round: it is the best network there is.
      const distillation = recipe.distillation === null ? null : { teacher: parent, settings: recipe.distillation };
      return { ...base, kind: 'train', network, settings: recipe.retraining, distillation, series: `retrain/${stage.round}` };
    }
    case 'evaluate': {
      const networks = [
        { name: 'before', digest: parent },
        { name: 'after', digest: needed(made.network, stage) },
      ];
      return { ...base, kind: 'evaluate', networks, split: 'test', latency: true, plans: made.rounds.map(({ plan }) => plan) };
    }
    default:
      throw foreign(stage, 'compression');
  }
}

function needed(digest: Digest | null | undefined, { name, round }: StageKey): Digest {
  if (digest !== null && digest !== undefined) return digest;
  throw new EspalierError('INTERNAL', `stage ${name} of round ${round} has nothing to work on: no stage before it made it`);
}

const foreign = ({ name }: StageKey, kind: RunPlan['kind']): EspalierError =>
  new EspalierError('INTERNAL', `a ${kind} run has no trainer job for the stage ${name}`);
