import { mkdir } from 'node:fs/promises';
import { type Digest, type NetworkData, type NetworkSource, type TrainJob } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { openDataset, type Dataset } from '@espalier/datasets';
import { encodeNetwork } from '@espalier/formats';
import { networkCost, readGraph } from '@espalier/network';
import { buildZooNetwork } from '@espalier/zoo';
import type { JobContext, JobOutcome } from '../context.ts';
import { checkFit } from '../fit.ts';
import { train } from '../train/train.ts';
import { costOf } from './analyse.ts';
import { readNetworkFile, writeNetworkFile } from './files.ts';

/** Trains or distils a network, from the start or from the furthest checkpoint. Output: `network`. */
export async function runTrain(job: TrainJob, context: JobContext): Promise<JobOutcome> {
  const { settings, distillation } = job;
  context.progress('preparing');
  await mkdir(job.workDirectory, { recursive: true });
  const dataset = await openDataset(job.dataset, { validationRatio: settings.validationRatio, heard: context.reading });
  const network = await sourceNetwork(job.network, job.seed);
  checkFit(network, dataset, 'network');
  const teacher = distillation === null ? null : { ...(await readNetworkFile(distillation.teacherPath)), settings: distillation.settings };
  if (teacher !== null) checkFit(teacher.network, dataset, 'teacher');
  const trained = await train(
    {
      network,
      dataset,
      settings,
      teacher,
      seed: job.seed,
      series: job.series,
      folder: job.workDirectory,
      checkpointEverySeconds: job.checkpointEverySeconds,
      resumeFrom: job.resumeFrom,
      identity: identityOf(job, network, dataset, teacher?.digest ?? null),
    },
    context,
  );
  const output = await writeNetworkFile(job.workDirectory, trained.network);
  return {
    result: {
      kind: 'train',
      epochs: settings.epochs,
      steps: trained.steps,
      trainingLoss: trained.trainingLoss,
      validation: trained.validation,
      cost: costOf(networkCost(readGraph(trained.network.topology))),
    },
    outputs: [output],
  };
}

async function sourceNetwork(source: NetworkSource, seed: number): Promise<NetworkData> {
  if (source.from === 'file') return (await readNetworkFile(source.path)).network;
  const { name, inputShape, classes } = source;
  return buildZooNetwork(name, { inputShape, classes, seed });
}

/** The digest of all that decides what a training computes: two jobs with the same one may go on from each other's checkpoints. */
function identityOf({ settings, seed, distillation }: TrainJob, network: NetworkData, dataset: Dataset, teacher: Digest | null): Digest {
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
