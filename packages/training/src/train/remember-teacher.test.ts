import type { Device, DistillationSettings } from '@espalier/core';
import { openBackend, tf } from '@espalier/tensor';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { listen, smallNetwork, smallSettings } from '../../test/fixtures.ts';
import { smallTraining, trainInPieces } from '../../test/pieces.ts';
import type { JobMessage } from '../context.ts';
import { train } from './train.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

/** Another network than the student's, and wider. */
function teacherOf(channels: number) {
  const net = new TopologyBuilder('wide', [8, 8, 1]);
  const stem = net.relu(net.batchNormalisation(net.conv(net.input, 'stem', channels), 'stem_bn'), 'stem_relu');
  const pooled = net.maxPool(stem, 'pool1', 2, 2);
  return initialiseWeights(net.build(net.dense(net.globalAveragePool(pooled, 'pool'), 'classifier', 3)), 9);
}

const everything: DistillationSettings = {
  temperature: 4,
  alpha: 0.5,
  attention: { weight: 10 },
  hints: { weight: 1, layers: ['stem_relu', 'stem'] },
};
const unchanged = smallSettings({ epochs: 3, augmentation: { padCrop: 0, horizontalFlip: false } });
const distillation = async (memoryMiB: number, settings = unchanged, given: DistillationSettings = everything, channels = 16) =>
  smallTraining({ network: smallNetwork(2), settings, teacher: { network: teacherOf(channels), settings: given, memoryMiB } });

const logged = (heard: readonly JobMessage[]): string[] => heard.flatMap((message) => (message.type === 'log' ? [message.line.text] : []));

describe('a teacher that may remember', () => {
  it.each<[string, DistillationSettings]>([
    ['logits', { temperature: 4, alpha: 0.5 }],
    ['logits, attention maps and hints', everything],
  ])('looks at every picture once, and the student ends in the bytes that it would have anyhow, with %s', async (_what, given) => {
    const { context, heard } = listen(device);
    const remembering = await train(await distillation(256, unchanged, given), context);
    expect(logged(heard)).toContainEqual(
      expect.stringMatching(/the teacher looks at every picture once: what it makes of 72 pictures takes 1 MiB/),
    );
    const looking = await train(await distillation(0, unchanged, given), listen(device).context);
    // Both are graphs with the same operations for a picture, on batches of the same size; and with widths that fill a processor's vectors, the place of a
    // picture in its batch has no part in its bits.
    expect(remembering.network.weights).toEqual(looking.network.weights);
    expect(remembering.trainingLoss).toBe(looking.trainingLoss);
  });

  it('gives nearly the same student where its widths leave vectors half filled', async () => {
    const [remembering, looking] = [
      await train(await distillation(256, unchanged, everything, 10), listen(device).context),
      await train(await distillation(0, unchanged, everything, 10), listen(device).context),
    ];
    // Sums over places then begin elsewhere in a vector for every place in the batch, which moves the last bit of the teacher's answers; a dozen steps carry that on.
    remembering.network.weights.forEach(({ name, values }, index) =>
      values.forEach((value, place) => expect(value, name).toBeCloseTo(looking.network.weights[index]!.values[place]!, 4)),
    );
  });

  it('remembers the same when the training is interrupted', async () => {
    const [whole, pieces] = [await trainInPieces(await distillation(256), device), await trainInPieces(await distillation(256), device, 5)];
    expect(pieces.trained).toEqual(whole.trained);
    expect(pieces.curves).toEqual(whole.curves);
  });

  it('looks again in every step where augmentation changes the pictures, and says so', async () => {
    const { context, heard } = listen(device);
    await train(await distillation(256, smallSettings({ epochs: 2, augmentation: { padCrop: 1, horizontalFlip: true } })), context);
    expect(logged(heard)).toEqual([
      'the teacher looks at the pictures in every step: augmentation (padCrop, horizontalFlip) shows them differently each time',
    ]);
  });

  it('looks again in every step where it may not remember enough, and says so', async () => {
    const { context, heard } = listen(device);
    await train(await distillation(0.5), context);
    expect(logged(heard)).toEqual([
      'the teacher looks at the pictures in every step: what it makes of 72 pictures takes 1 MiB, and it may remember 0.5 MiB',
    ]);
  });

  it('leaves no tensor behind', async () => {
    await train(await distillation(256), listen(device).context);
    const before = tf.memory().numTensors;
    await train(await distillation(256), listen(device).context);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what is learnt for a teacher’s sake alone', () => {
  it('is no part of the network', async () => {
    const { network } = await train(await distillation(256), listen(device).context);
    expect(network.weights.map(({ name }) => name)).toEqual(smallNetwork().weights.map(({ name }) => name));
  });
});
