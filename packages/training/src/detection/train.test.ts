import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TrainingSettingsSchema, type DatasetLocation, type Device, type NetworkSource, type TrainJob } from '@espalier/core';
import { encodePng, writeScenes } from '@espalier/datasets';
import { openBackend, tf } from '@espalier/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallDetector, type DetectorShape } from '../../test/detector.ts';
import { listen } from '../../test/fixtures.ts';
import { JobStopped } from '../context.ts';
import { writeNetworkFile } from '../jobs/files.ts';
import { runTrain } from '../jobs/train.ts';

let device: Device;
let folder: string;
let scenes: DatasetLocation;
/** The few scenes show all six shapes. */
const classCount = 1 + 6;
beforeAll(async () => {
  device = await openBackend();
  folder = await mkdtemp(path.join(os.tmpdir(), 'detection-'));
  scenes = await writeScenes(path.join(folder, 'scenes'), { training: 20, test: 2, seed: 1 });
});
afterAll(() => rm(folder, { recursive: true }));

const settings = (changes: object = {}) =>
  TrainingSettingsSchema.parse({ epochs: 3, batchSize: 6, learningRate: 0.01, validationRatio: 0.2, ...changes });

async function jobOf(shape: DetectorShape, changes: Partial<TrainJob> = {}): Promise<TrainJob> {
  const place = await mkdtemp(path.join(folder, 'job-'));
  const { path: network } = await writeNetworkFile(place, smallDetector({ side: 32, ...shape }));
  return {
    kind: 'train',
    workDirectory: await mkdtemp(path.join(folder, 'trained-')),
    seed: 3,
    network: { from: 'file', path: network },
    dataset: scenes,
    settings: settings(),
    distillation: null,
    series: 'train',
    checkpointEverySeconds: 1000,
    resumeFrom: null,
    ...changes,
  };
}

/** Trains to the end, told to stop after every `steps` steps and begun again in the same folder. */
async function digestInPieces(job: TrainJob, steps: number): Promise<string> {
  for (let piece = 1; piece < 100; piece++) {
    const { context, stop } = listen(device);
    Object.defineProperty(context, 'step', {
      set: (step: number) => {
        if (step >= piece * steps) stop();
      },
    });
    try {
      return (await runTrain(job, context)).outputs[0]!.digest;
    } catch (error) {
      if (!(error instanceof JobStopped)) throw error;
    }
  }
  throw new Error('the training does not come to an end');
}

/** Steps are recorded anew after every stop, which takes seconds on a busy machine. */
describe('training of a detector', { timeout: 240_000 }, () => {
  it('tells both parts of its loss and is judged by mean average precision, with a loss that falls', async () => {
    const { context, heard } = listen(device);
    const { result } = await runTrain(
      await jobOf({ classCount }, { settings: settings({ epochs: 15, optimizer: { name: 'adam' } }) }),
      context,
    );
    const points = heard.flatMap((message) => (message.type === 'metrics' ? message.points : []));
    const valuesOf = (series: string): number[] => points.filter((point) => point.series === series).map(({ value }) => value);
    // 16 of the 20 scenes are trained on: two steps of six an epoch, a point every ten steps.
    expect(valuesOf('train/loss')).toHaveLength(3);
    valuesOf('train/loss').forEach((loss, index) =>
      expect(valuesOf('train/confidence')[index]! + valuesOf('train/localisation')[index]!).toBeCloseTo(loss, 4),
    );
    expect(valuesOf('train/loss').at(-1)).toBeLessThan(0.7 * valuesOf('train/loss')[0]!);
    expect(valuesOf('train/validation-mean-average-precision')).toHaveLength(15);
    expect(valuesOf('train/validation-mean-average-precision-area')).toHaveLength(15);
    expect(result).toMatchObject({ kind: 'train', steps: 30, validation: { measure: 'mean-average-precision' } });
  });

  it('ends in the same bytes, stopped after every two steps or never, and in others from another seed', async () => {
    const undisturbed = await digestInPieces(await jobOf({ classCount }), Infinity);
    expect(await digestInPieces(await jobOf({ classCount }), 2)).toBe(undisturbed);
    expect(await digestInPieces(await jobOf({ classCount }, { seed: 4 }), Infinity)).not.toBe(undisturbed);
  });

  it('goes by its recipe for how scenes are shown', async () => {
    const sceneAugmentation = { photometricDistortion: false, largestExpansion: 1, overlapCrop: false, horizontalFlip: false };
    const plain = await digestInPieces(await jobOf({ classCount }, { settings: settings({ sceneAugmentation }) }), Infinity);
    expect(await digestInPieces(await jobOf({ classCount }), Infinity)).not.toBe(plain);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await runTrain(await jobOf({ classCount }), listen(device).context);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a training of a detector is refused', () => {
  const refusal = async (job: TrainJob): Promise<unknown> => runTrain(job, listen(device).context).catch((error: unknown) => error);

  it('where the network has other classes', async () => {
    expect(await refusal(await jobOf({ classCount: 4 }))).toMatchObject({
      code: 'BAD_INPUT',
      message: 'the network does not fit the dataset: it tells 3 classes and the background apart, but the dataset has 6 classes',
    });
  });

  it('where the network is a classifier, and where the dataset has no boxes', async () => {
    const classifier: NetworkSource = { from: 'zoo', name: 'resnet20', inputShape: [32, 32, 3], classes: 6 };
    expect(await refusal(await jobOf({ classCount }, { network: classifier }))).toMatchObject({
      code: 'BAD_INPUT',
      message: "the network is no detector of SSD's kind: it gives [6], where a detector has two outputs",
    });
    const pictures = path.join(folder, 'pictures');
    for (const name of ['dark', 'light']) {
      await mkdir(path.join(pictures, name), { recursive: true });
      for (let picture = 0; picture < 3; picture++) {
        await writeFile(path.join(pictures, name, `${picture}.png`), encodePng(new Uint8Array(32 * 32 * 3).fill(picture), [32, 32, 3]));
      }
    }
    const dataset: DatasetLocation = { format: 'image-folder', path: pictures };
    expect(await refusal(await jobOf({ classCount }, { dataset }))).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('the dataset has 2 classes'),
    });
  });

  it('with a teacher, and with label smoothing', async () => {
    const distillation = { teacherPath: 'teacher.zip', settings: { temperature: 4, alpha: 0.5 } };
    expect(await refusal(await jobOf({ classCount }, { distillation }))).toMatchObject({ code: 'BAD_RECIPE', path: ['distillation'] });
    expect(await refusal(await jobOf({ classCount }, { settings: settings({ labelSmoothing: 0.1 }) }))).toMatchObject({
      code: 'BAD_RECIPE',
      path: ['training', 'labelSmoothing'],
    });
  });
});
