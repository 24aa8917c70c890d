import { readdir } from 'node:fs/promises';
import type { Device } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { encodeNetwork } from '@espalier/formats';
import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { listen, smallNetwork, smallSettings } from '../../test/fixtures.ts';
import { smallTraining, trainInPieces } from '../../test/pieces.ts';
import { train } from './train.ts';
import type { Trained } from './training.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

const digest = ({ network }: Trained): string => digestOf(encodeNetwork(network));

describe('training', () => {
  it('learns', async () => {
    const { context } = listen(device);
    const trained = await train(await smallTraining({ settings: smallSettings({ epochs: 10 }) }), context);
    expect(trained.steps).toBe(40);
    expect(trained.validation?.value).toBeGreaterThan(0.9);
    expect(trained.trainingLoss).toBeLessThan(0.5);
  });

  it('ends in the same bytes whenever it is run, and in others from another seed', async () => {
    const [first, second] = [
      await train(await smallTraining(), listen(device).context),
      await train(await smallTraining(), listen(device).context),
    ];
    expect(digest(second)).toBe(digest(first));
    const other = await train(await smallTraining({ seed: 8 }), listen(device).context);
    expect(digest(other)).not.toBe(digest(first));
  });

  it.each([1, 3, 4, 5])('ends in the same bytes and tells the same points when it is stopped every %i steps', async (steps) => {
    const undisturbed = await trainInPieces(await smallTraining(), device);
    const pieces = await trainInPieces(await smallTraining(), device, steps);
    expect(pieces.trained).toEqual(undisturbed.trained);
    expect(pieces.curves).toEqual(undisturbed.curves);
  });

  it('can be distilled, from a teacher that stays as it is', async () => {
    const teacherNetwork = (await train(await smallTraining({ settings: smallSettings({ epochs: 8 }) }), listen(device).context)).network;
    const before = digestOf(encodeNetwork(teacherNetwork));
    const teacher = { network: teacherNetwork, settings: { temperature: 4, alpha: 0.9 } };
    const distilled = await train(
      await smallTraining({ network: smallNetwork(2), teacher, settings: smallSettings({ epochs: 8 }) }),
      listen(device).context,
    );
    expect(distilled.validation?.value).toBeGreaterThan(0.9);
    expect(digestOf(encodeNetwork(teacherNetwork))).toBe(before);
  });

  it('tells loss, accuracy and learning rate every ten steps, and validation accuracy and the rate again every epoch', async () => {
    const { context, heard } = listen(device);
    await train(await smallTraining(), context);
    const points = heard.flatMap((message) => (message.type === 'metrics' ? message.points : []));
    const stepsOf = (series: string): number[] => points.filter((point) => point.series === series).map(({ step }) => step);
    expect(stepsOf('train/loss')).toEqual([10]);
    expect(stepsOf('train/accuracy')).toEqual([10]);
    expect(stepsOf('train/validation-accuracy')).toEqual([4, 8, 12]);
    expect(stepsOf('train/learning-rate')).toEqual([4, 8, 10, 12]);
  });

  it('announces a checkpoint at the end of every epoch, and keeps two', async () => {
    const { context, heard } = listen(device);
    const given = await smallTraining();
    await train(given, context);
    const announced = heard.filter((message) => message.type === 'checkpoint');
    expect(announced.map(({ step, epoch }) => [step, epoch])).toEqual([
      [4, 1],
      [8, 2],
      [12, 3],
    ]);
    expect((await readdir(given.folder)).sort()).toEqual(['checkpoint-000000008.bin', 'checkpoint-000000012.bin']);
  });

  it('writes checkpoints in between when they are due', async () => {
    const { context, heard } = listen(device);
    await train(await smallTraining({ checkpointEverySeconds: 0.001 }), context);
    expect(heard.filter((message) => message.type === 'checkpoint').length).toBeGreaterThan(10);
  });

  it('leaves no tensor behind', async () => {
    await train(await smallTraining(), listen(device).context);
    const before = tf.memory().numTensors;
    await train(await smallTraining(), listen(device).context);
    expect(tf.memory().numTensors).toBe(before);
  });
});
