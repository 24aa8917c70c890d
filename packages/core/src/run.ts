import { z } from 'zod';
import type { Recipe } from './recipe.ts';

export const runStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof runStatuses)[number];
export const isFinal = (status: RunStatus): boolean => status === 'succeeded' || status === 'failed' || status === 'cancelled';

export const stageNames = ['train', 'analyse', 'prune', 'retrain', 'evaluate', 'register'] as const;
export type StageName = (typeof stageNames)[number];

/** `skipped` is what a run came through without, because its rounds ended early. */
export const stageStatuses = ['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'] as const;
export type StageStatus = (typeof stageStatuses)[number];

/** A stage of a run. `round` is 0 outside the prune – retrain rounds, which count from 1. */
export const StageKeySchema = z.object({ name: z.enum(stageNames), round: z.number().int().nonnegative() });
export type StageKey = z.infer<typeof StageKeySchema>;

/** The stages a recipe goes through, in order. What the portal shows and what the workflow does are both this list. */
export function stagesOf(recipe: Recipe): StageKey[] {
  if (recipe.kind === 'training') return [once('train'), once('evaluate'), once('register')];
  const rounds = Array.from({ length: recipe.rounds }, (_, index) => index + 1);
  return [
    ...rounds.flatMap((round) => (['analyse', 'prune', 'retrain'] as const).map((name) => ({ name, round }))),
    once('evaluate'),
    once('register'),
  ];
}

const once = (name: StageName): StageKey => ({ name, round: 0 });

/** Where a stage stands, for a person who watches. `secondsLeft` is of this stage. */
export const ProgressSchema = z.object({
  phase: z.string(),
  epoch: z.number().int().nonnegative().optional(),
  epochs: z.number().int().positive().optional(),
  step: z.number().int().nonnegative().optional(),
  steps: z.number().int().positive().optional(),
  imagesPerSecond: z.number().nonnegative().optional(),
  secondsLeft: z.number().nonnegative().optional(),
  /** For so long nothing was heard of the work itself: it is within one call that can't be looked into, such as a step of a large network. */
  silentSeconds: z.number().nonnegative().optional(),
});
export type Progress = z.infer<typeof ProgressSchema>;

/** One point of a curve. A point is known by (run, series, step): writing it again replaces it. */
export const MetricPointSchema = z.object({
  /** Such as `train/loss` or `retrain/1/validation-accuracy`. */
  series: z.string().min(1).max(200),
  step: z.number().int().nonnegative(),
  value: z.number(),
});
export type MetricPoint = z.infer<typeof MetricPointSchema>;

export const logLevels = ['info', 'warning', 'error'] as const;
export const LogLineSchema = z.object({ level: z.enum(logLevels), text: z.string().max(4000) });
export type LogLine = z.infer<typeof LogLineSchema>;

/** What a run is doing its work with: shown wherever a worker is shown. */
export const DeviceSchema = z.object({
  backend: z.enum(['tensorflow', 'wasm', 'cpu']),
  tensorflow: z.string().nullable(),
  device: z.enum(['cpu', 'cuda']),
  oneDnn: z.boolean(),
  threads: z.number().int().positive(),
  warning: z.string().nullable(),
});
export type Device = z.infer<typeof DeviceSchema>;
