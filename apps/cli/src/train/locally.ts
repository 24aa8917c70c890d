import {
  seedOfStage,
  type DatasetLocation,
  type DatasetSummary,
  type Digest,
  type NetworkSource,
  type Recipe,
  type TrainJob,
} from '@espalier/core';
import type { Command } from 'commander';
import { positiveNumber, positiveWholeNumber } from '../arguments.ts';
import { datasetIn } from '../dataset-folder.ts';
import { listenersFor, type EventOptions } from '../events/options.ts';
import { onThisMachine, resumable } from '../local-job.ts';
import { readTrained } from '../networks/trained.ts';
import type { Output } from '../output.ts';
import { percent } from '../table.ts';
import { checkWorkFolder } from '../work-folder.ts';
import { noteTraining, type TrainingNote } from './note.ts';

/** The flags of every command that trains. @param epochs what an epoch is there. */
export const withTrainingFlags = (command: Command, epochs = 'passes over the training split'): Command =>
  command
    .option('--epochs <count>', `${epochs}; needed unless a recipe says it`, positiveWholeNumber)
    .option('--batch-size <count>', 'images in a step', positiveWholeNumber)
    .option('--learning-rate <rate>', 'the peak of the schedule; needed unless a recipe says it', positiveNumber);

/** A training of one network in a folder, where it goes on from what lies there. */
export const jobIn = (
  folder: string,
  seed: number,
  training: Pick<TrainJob, 'network' | 'dataset' | 'settings' | 'distillation' | 'series'>,
): TrainJob => ({
  ...training,
  kind: 'train',
  workDirectory: folder,
  seed: seedOfStage(seed, { name: 'train', round: 0 }),
  checkpointEverySeconds: 20,
  resumeFrom: null,
});

/** Where a training finds its pictures, and where it leaves what it made. */
export interface TrainingPlaces extends EventOptions {
  readonly dataset: string;
  /** Where network.zip and the checkpoints go; a training that was stopped there goes on, if it is to. */
  readonly out: string;
  readonly resume?: boolean;
}

export interface LocalTraining extends Pick<TrainJob, 'distillation' | 'series'> {
  readonly recipe: Extract<Recipe, { kind: 'training' }>;
  /** The network to train, by what the dataset was found to be. */
  readonly networkFor: (dataset: DatasetLocation, found: DatasetSummary) => NetworkSource;
  /** What was done, as the line at the end begins. */
  readonly done: string;
}

/**
 * Trains one network in this process, as a trainer would, and says what came of it.
 * @throws EspalierError as `checkWorkFolder` and `datasetIn`; `CONFLICT` where another training lies in its folder, naming what is different.
 */
export async function trainLocally(output: Output, places: TrainingPlaces, training: LocalTraining): Promise<void> {
  const { recipe, networkFor, done, series, distillation } = training;
  await checkWorkFolder(places.out, places);
  const dataset = await datasetIn(places.dataset);
  const { inspectDataset } = await import('@espalier/datasets');
  const found = await inspectDataset(dataset);
  const network = networkFor(dataset, found);
  await noteTraining(places.out, await noteOf({ recipe, network, distillation }, found.digest));
  const { result, outputs } = await onThisMachine(
    output,
    async ({ contextFor }) => {
      const { runTrain } = await import('@espalier/training');
      const job = jobIn(places.out, recipe.seed, { network, dataset, settings: recipe.training, distillation, series });
      return runTrain(job, contextFor(series));
    },
    { listeners: listenersFor(places), whenStopped: resumable },
  );
  const judged =
    result.kind === 'train' && result.validation !== null
      ? `, ${percent(result.validation.value)} ${result.validation.measure.replaceAll('-', ' ')} on validation`
      : '';
  output.result({ ...result, outputs }, `${done}${judged}: ${outputs[0]?.path}`);
}

async function noteOf(
  { recipe, network, distillation }: Pick<LocalTraining, 'recipe' | 'distillation'> & Pick<TrainJob, 'network'>,
  dataset: Digest,
): Promise<TrainingNote> {
  const digestAt = async (file: string): Promise<string> => (await readTrained(file)).digest;
  return {
    recipe,
    network: network.from === 'zoo' ? network : await digestAt(network.path),
    dataset,
    ...(distillation && { distillation: { teacher: await digestAt(distillation.teacherPath), settings: distillation.settings } }),
  };
}
