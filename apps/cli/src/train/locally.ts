import { seedOfStage, type Recipe, type TrainJob } from '@espalier/core';
import type { Command } from 'commander';
import { positiveNumber, positiveWholeNumber } from '../arguments.ts';
import { listenersFor, type EventOptions } from '../events/options.ts';
import { onThisMachine, resumable } from '../local-job.ts';
import { readTrained } from '../networks/trained.ts';
import type { Output } from '../output.ts';
import { percent } from '../table.ts';
import { noteTraining, type TrainingNote } from './note.ts';

/** The flags of every command that trains one network. */
export const withTrainingFlags = (command: Command): Command =>
  command
    .option('--epochs <count>', 'passes over the training split; needed unless a recipe says it', positiveWholeNumber)
    .option('--batch-size <count>', 'images in a step', positiveWholeNumber)
    .option('--learning-rate <rate>', 'the peak of the schedule; needed unless a recipe says it', positiveNumber);

export interface LocalTraining extends Pick<TrainJob, 'network' | 'dataset' | 'distillation' | 'series'> {
  readonly recipe: Extract<Recipe, { kind: 'training' }>;
  readonly datasetDigest: string;
  /** Where network.zip and the checkpoints go; a training that was stopped there goes on. */
  readonly out: string;
  /** What was done, as the line at the end begins. */
  readonly done: string;
}

/**
 * Trains one network in this process, as a trainer would, and says what came of it.
 * @throws EspalierError `CONFLICT` where another training lies in its folder, naming what is different.
 */
export async function trainLocally(output: Output, events: EventOptions, training: LocalTraining): Promise<void> {
  const { recipe, out, done, series, datasetDigest: _, ...job } = training;
  await noteTraining(out, await noteOf(training));
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
    { listeners: listenersFor(events), whenStopped: resumable },
  );
  const judged =
    result.kind === 'train' && result.validation !== null
      ? `, ${percent(result.validation.value)} ${result.validation.measure.replaceAll('-', ' ')} on validation`
      : '';
  output.result({ ...result, outputs }, `${done}${judged}: ${outputs[0]?.path}`);
}

async function noteOf({ recipe, network, datasetDigest: dataset, distillation }: LocalTraining): Promise<TrainingNote> {
  const digestAt = async (file: string): Promise<string> => (await readTrained(file)).digest;
  return {
    recipe,
    network: network.from === 'zoo' ? network : await digestAt(network.path),
    dataset,
    ...(distillation && { distillation: { teacher: await digestAt(distillation.teacherPath), settings: distillation.settings } }),
  };
}
