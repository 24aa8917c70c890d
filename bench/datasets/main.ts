/**
 * How fast pictures come out of files, and whether a training step waits for them.
 *
 *   npm run bench:datasets -- [--pictures n] [--network name] [--batch n] [--steps n] [--write]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGenerator, TrainingSettingsSchema, type TrainingSettings } from '@espalier/core';
import { BatchStream, datasetAt, openDataset, type Dataset } from '@espalier/datasets';
import { openBackend } from '@espalier/tensor';
import { classification, TrainingStep } from '@espalier/training';
import { buildZooNetwork } from '@espalier/zoo';
import { describeLoad, describeMachine } from '../harness/machine.ts';
import { median } from '../harness/median.ts';
import { runBenchmark } from '../harness/run.ts';
import { markdownTable, milliseconds } from '../harness/table.ts';
import { countOption, zooOption } from '../harness/usage.ts';
import { writePictures } from './pictures.ts';

interface BenchOptions {
  readonly pictures: number;
  readonly network: string;
  readonly batchSize: number;
  readonly steps: number;
  /** Whether `docs/benchmarks/datasets.md` is written anew. */
  readonly write: boolean;
}

function benchOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      pictures: { type: 'string', default: '512' },
      network: { type: 'string', default: 'resnet18' },
      batch: { type: 'string', default: '32' },
      steps: { type: 'string', default: '10' },
      write: { type: 'boolean', default: false },
    },
  });
  return {
    pictures: countOption('pictures', values.pictures, 1),
    network: zooOption('network', values.network),
    batchSize: countOption('batch', values.batch, 1),
    steps: countOption('steps', values.steps, 1),
    write: values.write,
  };
}

const augmentations: Record<string, TrainingSettings['augmentation']> = {
  'resized, centre': { padCrop: 0, horizontalFlip: false },
  'random resized crop, flip': { padCrop: 0, horizontalFlip: true, randomResizedCrop: { minimumArea: 0.08, maximumArea: 1 } },
  'the same and colour jitter': {
    padCrop: 0,
    horizontalFlip: true,
    randomResizedCrop: { minimumArea: 0.08, maximumArea: 1 },
    colourJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  },
};

await runBenchmark(async (args) => {
  const options = benchOptions(args);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-datasets-'));
  try {
    await writePictures(folder, options.pictures);
    const openedAt = performance.now();
    const dataset = await openDataset({ ...(await datasetAt(folder)), imageSize: 224 }, { validationRatio: 0 });
    const openMs = performance.now() - openedAt;
    const alone: string[][] = [];
    for (const [name, augmentation] of Object.entries(augmentations))
      alone.push([name, await picturesPerSecond(dataset, augmentation, options)]);
    const report = markdown(
      { openMs, alone, ...(await withSteps(dataset, augmentations['random resized crop, flip']!, options)) },
      options,
    );
    console.log(report);
    if (options.write) writeFileSync(fileURLToPath(new URL('../../docs/benchmarks/datasets.md', import.meta.url)), report);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function openStream(dataset: Dataset, augmentation: TrainingSettings['augmentation'], batchSize: number): BatchStream {
  const [shuffle, augment] = [createGenerator(1, 'shuffle'), createGenerator(1, 'augment')];
  return new BatchStream(dataset, dataset.splits.training, { batchSize, shuffle, augment, augmentation });
}

async function picturesPerSecond(
  dataset: Dataset,
  augmentation: TrainingSettings['augmentation'],
  { batchSize, steps }: BenchOptions,
): Promise<string> {
  const stream = openStream(dataset, augmentation, batchSize);
  await stream.next();
  const startMs = performance.now();
  for (let taken = 0; taken < steps; taken++) await stream.next();
  return ((1000 * steps * batchSize) / (performance.now() - startMs)).toFixed(0);
}

interface StepTimes {
  /** A step with one batch again and again, nothing else going on. */
  readonly stepAlone: number;
  /** A step while the batches behind it are decoded. */
  readonly fed: number;
  /** The wait for a batch. */
  readonly wait: number;
  readonly waitShare: number;
}

/** Steps with a batch that is there, and steps with batches from the stream, in turn. */
async function withSteps(
  dataset: Dataset,
  augmentation: TrainingSettings['augmentation'],
  { network: name, batchSize, steps }: BenchOptions,
): Promise<StepTimes> {
  await openBackend();
  const network = buildZooNetwork(name, { inputShape: [224, 224, 3], classes: dataset.classes.length, seed: 1 });
  const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.01 });
  const objective = classification(settings);
  const step = new TrainingStep({
    network,
    objective,
    settings,
    batchSize,
    seed: 1,
    imageShape: dataset.shape,
    teacher: null,
    warn: console.warn,
  });
  const take = async (work: () => Promise<unknown> | void): Promise<number> => {
    const startMs = performance.now();
    await work();
    return performance.now() - startMs;
  };
  const stream = openStream(dataset, augmentation, batchSize);
  const kept = await stream.next();
  step.run(kept, 0.01, 1);
  const times: Record<'alone' | 'fed' | 'wait', number[]> = { alone: [], fed: [], wait: [] };
  for (let taken = 0; taken < steps; taken++) {
    let batch = kept;
    times.wait.push(await take(async () => void (batch = await stream.next())));
    times.fed.push(await take(() => void step.run(batch, 0.01, taken + 2)));
    // What a training does between two steps: lets finished pictures be put into their batches.
    await new Promise((resolve) => setImmediate(resolve));
  }
  // The batches under way are done with by then: nothing else runs.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  for (let taken = 0; taken < steps; taken++) times.alone.push(await take(() => void step.run(kept, 0.01, steps + taken + 2)));
  step.dispose();
  const total = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0);
  return {
    stepAlone: median(times.alone),
    fed: median(times.fed),
    wait: median(times.wait),
    waitShare: total(times.wait) / (total(times.wait) + total(times.fed)),
  };
}

interface Measured extends StepTimes {
  readonly openMs: number;
  /** Pictures a second by augmentation. */
  readonly alone: readonly string[][];
}

function markdown(
  { openMs, alone, stepAlone, fed, wait, waitShare }: Measured,
  { pictures, network, batchSize, steps }: BenchOptions,
): string {
  return `# Pictures from files

Written by \`npm run bench:datasets -- --write\`. ${describeMachine()}; ${describeLoad()} at the end. ${pictures} JPEG files of 500 × 375, looked at in 224 × 224,
batches of ${batchSize}. Opening the folder (digest, header and end of every file, mean colour of a sample): ${milliseconds(openMs / pictures)} ms a picture.

${markdownTable(['nothing else going on', 'pictures a second'], alone)}

One step of training of ${network} in TensorFlow on the same cores, median of ${steps}, milliseconds:

${markdownTable(
  ['step', 'ms'],
  [
    ['with a batch that is there, no decoding', milliseconds(stepAlone)],
    ['with batches from files, cropped and flipped', milliseconds(fed)],
    ['wait for a batch before it', milliseconds(wait)],
  ],
)}

The step waits for data in ${(100 * waitShare).toFixed(1)} % of the time. On a processor, decoding takes cores from the step; on a device it does not.
`;
}
