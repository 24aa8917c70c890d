import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainingSettingsSchema, type DatasetLocation, type OutputFile } from '@espalier/core';
import { writeScenes } from '@espalier/datasets';
import { runTrain } from '../src/jobs/train.ts';
import { writeNetworkFile } from '../src/jobs/files.ts';
import type { JobContext } from '../src/context.ts';
import { smallDetector } from './detector.ts';

export interface LearntDetector {
  readonly scenes: DatasetLocation;
  readonly network: OutputFile;
}

/**
 * A detector for pictures of 32 × 32 that knows its few scenes by heart, so that what is cut of it shows. Every scene is there twice, under two names:
 * those that are held out are known as well.
 */
export async function learnDetector(folder: string, context: JobContext): Promise<LearntDetector> {
  const scenes = await writeScenes(path.join(folder, 'scenes'), { training: 14, test: 5, seed: 3 });
  await repeatTraining(scenes.path);
  const untrained = await writeNetworkFile(
    path.join(folder, 'untrained'),
    smallDetector({ classCount: 7, side: 32, widths: [12, 16, 16] }),
  );
  const { outputs } = await runTrain(
    {
      kind: 'train',
      workDirectory: path.join(folder, 'trained'),
      seed: 1,
      network: { from: 'file', path: untrained.path },
      dataset: scenes,
      settings: TrainingSettingsSchema.parse({
        epochs: 50,
        batchSize: 12,
        learningRate: 0.02,
        optimizer: { name: 'adam' },
        sceneAugmentation: { photometricDistortion: false, largestExpansion: 1, overlapCrop: false, horizontalFlip: false },
      }),
      distillation: null,
      series: 'train',
      checkpointEverySeconds: 1000,
      resumeFrom: null,
    },
    context,
  );
  return { scenes, network: outputs[0]! };
}

async function repeatTraining(folder: string): Promise<void> {
  const list = path.join(folder, 'ImageSets/Main/trainval.txt');
  const names = (await readFile(list, 'utf8')).trim().split('\n');
  const twinOf = (name: string): string => `twin-${name}`;
  for (const name of names) {
    for (const [part, ending] of [
      ['JPEGImages', 'jpg'],
      ['Annotations', 'xml'],
    ] as const)
      // prettier-ignore
      await copyFile(path.join(folder, part, `${name}.${ending}`), path.join(folder, part, `${twinOf(name)}.${ending}`));
  }
  await writeFile(list, [...names, ...names.map(twinOf)].map((name) => `${name}\n`).join(''));
}
