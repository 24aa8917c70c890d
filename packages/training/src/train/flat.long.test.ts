import { openBackend, tf } from '@espalier/tensor';
import { expect, it } from 'vitest';
import { halves, listen, smallSettings } from '../../test/fixtures.ts';
import { smallTraining } from '../../test/pieces.ts';
import { train } from './train.ts';

const stepsPerEpoch = 4;
/** Memory that a process has once taken it seldom gives back: it may still grow while the first epochs warm it up. */
const warmUpSteps = 500;
const steps = 2500;
const mebibyte = 2 ** 20;

it('tensors and memory of the process stay where they are over 2,000 steps', { timeout: 600_000 }, async () => {
  const device = await openBackend();
  const { context } = listen(device);
  const seen: { step: number; tensors: number; bytes: number }[] = [];
  Object.defineProperty(context, 'step', {
    set: (step: number) => {
      if (step % 100 === 0) seen.push({ step, tensors: tf.memory().numTensors, bytes: process.memoryUsage().rss });
    },
  });
  const settings = smallSettings({ epochs: steps / stepsPerEpoch, learningRate: 0.01, augmentation: { padCrop: 1, horizontalFlip: true } });
  await train(await smallTraining({ dataset: halves(), settings }), context);
  const counted = seen.filter(({ step }) => step > warmUpSteps);
  expect(counted).toHaveLength((steps - warmUpSteps) / 100);
  expect(new Set(counted.map(({ tensors }) => tensors)).size).toBe(1);
  // Of the earlier and the later half, the least that the process had: what garbage collection leaves. They were seen 2 MiB apart.
  const half = counted.length / 2;
  const least = (part: typeof counted): number => Math.min(...part.map(({ bytes }) => bytes)) / mebibyte;
  expect(least(counted.slice(half)) - least(counted.slice(0, half))).toBeLessThan(8);
});
