import { TrainingSettingsSchema, type TrainingSettings } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt } from './schedule.ts';

const settings = (schedule: TrainingSettings['schedule'], epochs = 10): TrainingSettings =>
  TrainingSettingsSchema.parse({ epochs, learningRate: 0.1, schedule });

describe('the learning rate', () => {
  it.each([
    { name: 'constant', schedule: { name: 'constant', warmupEpochs: 0 }, at: [0, 5, 10], rates: [0.1, 0.1, 0.1] },
    // ½·(1 + cos 0) = 1, ½·(1 + cos π/2) = ½, ½·(1 + cos π) = 0.
    { name: 'cosine', schedule: { name: 'cosine', warmupEpochs: 0 }, at: [0, 5, 10], rates: [0.1, 0.05, 0] },
    // A line over two epochs, then a cosine over the eight that are left.
    { name: 'cosine with warm-up', schedule: { name: 'cosine', warmupEpochs: 2 }, at: [0, 1, 2, 6, 10], rates: [0, 0.05, 0.1, 0.05, 0] },
    { name: 'a warm-up of half an epoch', schedule: { name: 'cosine', warmupEpochs: 0.5 }, at: [0.25, 0.5], rates: [0.05, 0.1] },
    {
      name: 'multistep',
      schedule: { name: 'multistep', milestones: [4, 8], factor: 0.1, warmupEpochs: 0 },
      at: [0, 3.99, 4, 7.99, 8, 10],
      rates: [0.1, 0.1, 0.01, 0.01, 0.001, 0.001],
    },
    {
      name: 'steps',
      schedule: { name: 'step', everyEpochs: 3, factor: 0.5, warmupEpochs: 0 },
      at: [0, 2.9, 3, 6, 9.5],
      rates: [0.1, 0.1, 0.05, 0.025, 0.0125],
    },
    {
      name: 'a constant rate after a warm-up',
      schedule: { name: 'constant', warmupEpochs: 2 },
      at: [0, 1, 2, 9],
      rates: [0, 0.05, 0.1, 0.1],
    },
    // From 0.1/25 = 0.004 to 0.1 in three epochs, halfway between at half of them; then down to 0.004/100, halfway at 6.5.
    {
      name: 'one cycle',
      schedule: { name: 'one-cycle', peakAt: 0.3, startDivisor: 25, endDivisor: 100 },
      at: [0, 1.5, 3, 6.5, 10],
      rates: [0.004, 0.052, 0.1, 0.05002, 0.00004],
    },
  ] satisfies { name: string; schedule: TrainingSettings['schedule']; at: number[]; rates: number[] }[])(
    'follows $name',
    ({ schedule, at, rates }) => {
      at.forEach((epoch, index) => expect(learningRateAt(settings(schedule), epoch)).toBeCloseTo(rates[index]!, 12));
    },
  );

  it('stays between zero and the peak, and after the warm-up never climbs', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true }), (warmupEpochs, epoch) => {
        const cosine = settings({ name: 'cosine', warmupEpochs });
        const rate = learningRateAt(cosine, epoch);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(0.1 + 1e-12);
        if (epoch >= warmupEpochs) expect(learningRateAt(cosine, Math.min(10, epoch + 0.1))).toBeLessThanOrEqual(rate + 1e-12);
      }),
    );
  });

  it('is the peak throughout when the warm-up is as long as the training', () => {
    expect(learningRateAt(settings({ name: 'cosine', warmupEpochs: 10 }), 10)).toBe(0.1);
  });
});
