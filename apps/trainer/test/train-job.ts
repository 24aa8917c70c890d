import path from 'node:path';
import { TrainingSettingsSchema, type Message, type TrainJob } from '@espalier/core';
import { writeSmallDataset, writeSmallNetwork } from './small-dataset.ts';

/** Writes a small network and its pictures into a folder. Returns jobs that train it there, each in a folder of its own. */
export async function smallTrainings(folder: string): Promise<(work: string, changes?: Partial<TrainJob>) => TrainJob> {
  const dataset = await writeSmallDataset(path.join(folder, 'data'));
  await writeSmallNetwork(path.join(folder, 'network.zip'));
  return (work, changes = {}) => ({
    kind: 'train',
    workDirectory: path.join(folder, work),
    seed: 5,
    network: { from: 'file', path: path.join(folder, 'network.zip') },
    dataset,
    settings: TrainingSettingsSchema.parse({
      epochs: 12,
      batchSize: 8,
      learningRate: 0.05,
      schedule: { name: 'cosine', warmupEpochs: 1 },
      augmentation: { padCrop: 1, horizontalFlip: false },
    }),
    distillation: null,
    series: 'train',
    checkpointEverySeconds: 0.02,
    resumeFrom: null,
    ...changes,
  });
}

/** The value of every point by series and step; told again, a point is replaced. */
export function curvesOf(messages: readonly Message[]): Map<string, number> {
  const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []));
  return new Map(points.map(({ series, step, value }) => [`${series} ${step}`, value]));
}
