import { mkdir } from 'node:fs/promises';
import { datasetKinds, EspalierError, type Digest, type NetworkData, type NetworkSource, type TrainJob } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { openDataset, type Dataset, type Split } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { networkCost, readGraph } from '@espalier/network';
import { buildZooNetwork } from '@espalier/zoo';
import type { JobContext, JobOutcome } from '../context.ts';
import { openScenesFor } from '../detection/scenes.ts';
import { detectionTask } from '../detection/task.ts';
import { checkFit, squareSide } from '../fit.ts';
import { train, trainFor } from '../train/train.ts';
import type { Trained, Training } from '../train/training.ts';
import { costOf } from './analyse.ts';
import { readNetworkFile, writeNetworkFile } from './files.ts';

/** Trains or distils a network, from the start or from the furthest checkpoint; a detector where the dataset is one for detection. Output: `network`. */
export async function runTrain(job: TrainJob, context: JobContext): Promise<JobOutcome> {
  context.progress('preparing');
  await mkdir(job.workDirectory, { recursive: true });
  const network = await sourceNetwork(job.network, job.seed);
  const isDetection = datasetKinds[job.dataset.format] === 'detection';
  const trained = await (isDetection ? trainDetector(job, network, context) : trainClassifier(job, network, context));
  const output = await writeNetworkFile(job.workDirectory, trained.network);
  return {
    result: {
      kind: 'train',
      epochs: trained.epochs,
      steps: trained.steps,
      trainingLoss: trained.trainingLoss,
      validation: trained.validation,
      keptStep: trained.keptStep,
      ...(trained.lowered === null ? {} : { lowered: trained.lowered }),
      cost: costOf(networkCost(readGraph(trained.network.topology))),
    },
    outputs: [output],
  };
}

async function trainClassifier(job: TrainJob, network: NetworkData, context: JobContext): Promise<Trained> {
  const { settings, distillation } = job;
  const dataset = await openDataset(job.dataset, {
    validationRatio: settings.validationRatio,
    heard: context.reading,
    side: squareSide(network.topology),
  });
  checkFit(network, dataset, 'network');
  const teacher = distillation === null ? null : { ...distillation, ...(await readNetworkFile(distillation.teacherPath)) };
  if (teacher !== null) checkFit(teacher.network, dataset, 'teacher');
  tellSmallerBatch(settings, dataset.splits.training, context);
  return train({ ...trainingOf(job, network, dataset, teacher?.digest ?? null), dataset, teacher }, context);
}

async function trainDetector(job: TrainJob, network: NetworkData, context: JobContext): Promise<Trained> {
  const { settings, distillation } = job;
  if (distillation !== null) {
    throw new EspalierError('BAD_RECIPE', 'a detector is not distilled: it learns from the boxes of its dataset alone', {
      hint: 'Set distillation to null.',
      path: ['distillation'],
    });
  }
  const dataset = await openScenesFor(network.topology, job.dataset, 'network', {
    validationRatio: settings.validationRatio,
    heard: context.reading,
  });
  tellSmallerBatch(settings, dataset.splits.training, context);
  return trainFor(
    trainingOf(job, network, dataset, null),
    () => detectionTask({ network, settings, seed: job.seed }, dataset, context),
    context,
  );
}

/** A rate is chosen for a batch: whoever asked for a larger one should know what they get. */
function tellSmallerBatch(
  { batchSize }: Pick<TrainJob['settings'], 'batchSize'>,
  { indices }: Pick<Split, 'indices'>,
  context: JobContext,
): void {
  if (indices.length === 0 || batchSize <= indices.length) return;
  context.warn(`there are ${indices.length} pictures to train on: all of them are the batch, which the recipe wants to be ${batchSize}`);
}

const trainingOf = (job: TrainJob, network: NetworkData, dataset: Pick<Dataset, 'digest'>, teacher: Digest | null): Training => ({
  network,
  settings: job.settings,
  seed: job.seed,
  series: job.series,
  folder: job.workDirectory,
  checkpointEverySeconds: job.checkpointEverySeconds,
  resumeFrom: job.resumeFrom,
  identity: identityOf(job, network, dataset, teacher),
});

async function sourceNetwork(source: NetworkSource, seed: number): Promise<NetworkData> {
  if (source.from === 'file') return (await readNetworkFile(source.path)).network;
  const { name, inputShape, classes } = source;
  return buildZooNetwork(name, { inputShape, classes, seed });
}

/** The digest of all that decides what a training computes: two jobs with the same one may go on from each other's checkpoints. */
function identityOf(
  { settings, seed, distillation }: TrainJob,
  network: NetworkData,
  dataset: Pick<Dataset, 'digest'>,
  teacher: Digest | null,
): Digest {
  return digestOf(
    JSON.stringify({
      settings,
      seed,
      network: digestOf(encodeNetwork(network)),
      dataset: dataset.digest,
      distillation: distillation === null ? null : { teacher, settings: distillation.settings },
    }),
  );
}
