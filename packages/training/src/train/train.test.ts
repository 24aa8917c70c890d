import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Device } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { encodeNetwork } from '@espalier/formats';
import { openBackend, tf } from '@espalier/tensor';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { halves, listen, smallNetwork, smallSettings } from '../../test/fixtures.ts';
import { JobStopped, type JobMessage } from '../context.ts';
import { train } from './train.ts';
import type { Lessons } from './classification-task.ts';
import type { Trained, Training } from './training.ts';

let device: Device;
let folder: string;
beforeAll(async () => {
  device = await openBackend();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'training-'));
});
afterEach(() => rm(folder, { recursive: true }));

const training = (changes: Partial<Training & Lessons> = {}): Training & Lessons => ({
  network: smallNetwork(),
  dataset: halves(),
  settings: smallSettings({ augmentation: { padCrop: 1, horizontalFlip: false } }),
  teacher: null,
  seed: 7,
  series: 'train',
  folder,
  checkpointEverySeconds: 1000,
  resumeFrom: null,
  identity: '1'.repeat(64),
  ...changes,
});
const digest = ({ network }: Trained): string => digestOf(encodeNetwork(network));

/** The value of every point by series and step; told again, a point is replaced. */
function curvesOf(messages: readonly JobMessage[]): Map<string, number> {
  const points = messages.flatMap((message) => (message.type === 'metrics' ? message.points : []));
  return new Map(points.map(({ series, step, value }) => [`${series} ${step}`, value]));
}

/** Stops whenever `steps` more have been taken, and goes on in the same folder, until the training has ended. */
async function trainInPieces(given: Training & Lessons, steps: number): Promise<{ trained: Trained; curves: Map<string, number> }> {
  const everythingHeard: JobMessage[] = [];
  for (let piece = 0; piece < 100; piece++) {
    const { context, heard, stop } = listen(device);
    const stopAt = (piece + 1) * steps;
    Object.defineProperty(context, 'step', {
      set: (step: number) => {
        if (step >= stopAt) stop();
      },
    });
    try {
      const trained = await train(given, context);
      return { trained, curves: curvesOf([...everythingHeard, ...heard]) };
    } catch (error) {
      if (!(error instanceof JobStopped)) throw error;
      everythingHeard.push(...heard);
    }
  }
  throw new Error('the training does not come to an end');
}

describe('training', () => {
  it('learns', async () => {
    const { context } = listen(device);
    const trained = await train(training({ settings: smallSettings({ epochs: 10 }) }), context);
    expect(trained.steps).toBe(40);
    expect(trained.validation?.value).toBeGreaterThan(0.9);
    expect(trained.trainingLoss).toBeLessThan(0.5);
  });

  it('ends in the same bytes whenever it is run, and in others from another seed', async () => {
    const [first, second] = [
      await train(training({ folder: await fresh() }), listen(device).context),
      await train(training(), listen(device).context),
    ];
    expect(digest(second)).toBe(digest(first));
    const other = await train(training({ folder: await fresh(), seed: 8 }), listen(device).context);
    expect(digest(other)).not.toBe(digest(first));
  });

  it.each([1, 3, 4, 5])('ends in the same bytes and tells the same points when it is stopped every %i steps', async (steps) => {
    const { context, heard } = listen(device);
    const undisturbed = await train(training({ folder: await fresh() }), context);
    const { trained, curves } = await trainInPieces(training(), steps);
    expect(digest(trained)).toBe(digest(undisturbed));
    expect({ ...trained, network: null }).toEqual({ ...undisturbed, network: null });
    expect(curves).toEqual(curvesOf(heard));
  });

  it('can be distilled, from a teacher that stays as it is', async () => {
    const teacherNetwork = (
      await train(training({ folder: await fresh(), settings: smallSettings({ epochs: 8 }) }), listen(device).context)
    ).network;
    const before = digestOf(encodeNetwork(teacherNetwork));
    const teacher = { network: teacherNetwork, settings: { temperature: 4, alpha: 0.9 } };
    const distilled = await train(
      training({ network: smallNetwork(2), teacher, settings: smallSettings({ epochs: 8 }) }),
      listen(device).context,
    );
    expect(distilled.validation?.value).toBeGreaterThan(0.9);
    expect(digestOf(encodeNetwork(teacherNetwork))).toBe(before);
  });

  it('tells loss and accuracy every ten steps, and validation accuracy and learning rate every epoch', async () => {
    const { context, heard } = listen(device);
    await train(training(), context);
    const points = heard.flatMap((message) => (message.type === 'metrics' ? message.points : []));
    const stepsOf = (series: string): number[] => points.filter((point) => point.series === series).map(({ step }) => step);
    expect(stepsOf('train/loss')).toEqual([10]);
    expect(stepsOf('train/accuracy')).toEqual([10]);
    expect(stepsOf('train/validation-accuracy')).toEqual([4, 8, 12]);
    expect(stepsOf('train/learning-rate')).toEqual([4, 8, 12]);
  });

  it('announces a checkpoint at the end of every epoch, and keeps two', async () => {
    const { context, heard } = listen(device);
    await train(training(), context);
    const announced = heard.filter((message) => message.type === 'checkpoint');
    expect(announced.map(({ step, epoch }) => [step, epoch])).toEqual([
      [4, 1],
      [8, 2],
      [12, 3],
    ]);
    expect((await readdir(folder)).sort()).toEqual(['checkpoint-000000008.bin', 'checkpoint-000000012.bin']);
  });

  it('writes checkpoints in between when they are due', async () => {
    const { context, heard } = listen(device);
    await train(training({ checkpointEverySeconds: 0.001 }), context);
    expect(heard.filter((message) => message.type === 'checkpoint').length).toBeGreaterThan(10);
  });

  it('refuses to go on with a loss that is not a number, and names the step', async () => {
    const { context } = listen(device);
    const hopeless = train(
      training({ settings: smallSettings({ learningRate: 1e30, schedule: { name: 'constant', warmupEpochs: 0 } }) }),
      context,
    );
    await expect(hopeless).rejects.toThrow(
      expect.objectContaining({ code: 'LOSS_NOT_FINITE', message: expect.stringMatching(/the loss is (NaN|Infinity) at step \d+ of 12/) }),
    );
    expect(context.step).toBeGreaterThan(0);
  });

  it('leaves no tensor behind', async () => {
    await train(training({ folder: await fresh() }), listen(device).context);
    const before = tf.memory().numTensors;
    await train(training(), listen(device).context);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const fresh = (): Promise<string> => mkdtemp(path.join(folder, 'run-'));
