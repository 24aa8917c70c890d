import { seedOfStage, type Recipe, type TrainJob } from '@espalier/core';
import type { Command } from 'commander';
import { positiveNumber, wholeNumber } from '../arguments.ts';
import { listenersFor, type EventOptions } from '../events/options.ts';
import { onThisMachine } from '../local-job.ts';
import type { Output } from '../output.ts';
import { percent } from '../table.ts';

/** The flags of every command that trains one network. */
export const withTrainingFlags = (command: Command): Command =>
  command
    .option('--epochs <count>', 'passes over the training split', wholeNumber)
    .option('--batch-size <count>', 'images in a step', wholeNumber)
    .option('--learning-rate <rate>', 'the peak of the schedule', positiveNumber);

export interface LocalTraining extends Pick<TrainJob, 'network' | 'dataset' | 'distillation' | 'series'> {
  readonly recipe: Extract<Recipe, { kind: 'training' }>;
  /** Where network.zip and the checkpoints go; a training that was stopped there goes on. */
  readonly out: string;
  /** What was done, as the line at the end begins. */
  readonly done: string;
}

/** Trains one network in this process, as a trainer would, and says what came of it. */
export async function trainLocally(
  output: Output,
  events: EventOptions,
  { recipe, out, done, series, ...job }: LocalTraining,
): Promise<void> {
  const { result, outputs } = await onThisMachine(
    output,
    async ({ contextFor }) => {
      const { runTrain } = await import('@espalier/training');
      return runTrain(
        {
          ...job,
          kind: 'train',
          workDirectory: out,
          seed: seedOfStage(recipe.seed, { name: 'train', round: 0 }),
          settings: recipe.training,
          series,
          checkpointEverySeconds: 20,
          resumeFrom: null,
        },
        contextFor(series),
      );
    },
    listenersFor(events),
  );
  const judged =
    result.kind === 'train' && result.validation !== null
      ? `, ${percent(result.validation.value)} ${result.validation.measure} on validation`
      : '';
  output.result({ ...result, outputs }, `${done}${judged}: ${outputs[0]?.path}`);
}
