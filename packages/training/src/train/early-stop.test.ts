import type { Device } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { halves, smallSettings } from '../../test/fixtures.ts';
import { smallTraining, trainInPieces } from '../../test/pieces.ts';
import { bestAfter, isExhausted } from './best.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

const settings = smallSettings({ epochs: 40, learningRate: 0.2, earlyStop: { patience: 3, minimumImprovement: 0 } });
const accuraciesOf = (curves: ReadonlyMap<string, number>): number[] =>
  [...curves].filter(([name]) => name.startsWith('train/validation-accuracy ')).map(([, value]) => value);

describe('a training with an early stop', () => {
  it('ends after its patience without an improvement, and keeps the network of the best epoch', async () => {
    const { trained, curves, log } = await trainInPieces(await smallTraining({ settings }), device);
    const accuracies = accuraciesOf(curves);
    const best = accuracies.indexOf(Math.max(...accuracies));
    expect(accuracies).toHaveLength(best + 1 + 3);
    expect(trained).toMatchObject({ epochs: best + 4, steps: 4 * (best + 4), keptStep: 4 * (best + 1) });
    expect(trained.validation?.value).toBe(accuracies[best]);
    expect(log.at(-1)).toContain(`the last 3 epochs were no better: training stops, and the network of step ${4 * (best + 1)} is kept`);
    // The very network that a training over so many epochs ends with, for the rate does not depend on how many are to come.
    const constant = { ...settings, schedule: { name: 'constant', warmupEpochs: 0 } as const };
    const stopped = await trainInPieces(await smallTraining({ settings: constant }), device);
    const epochs = stopped.trained.keptStep / 4;
    const short = await trainInPieces(await smallTraining({ settings: { ...constant, epochs, earlyStop: null } }), device);
    expect(short.trained.steps).toBe(stopped.trained.keptStep);
    expect(stopped.trained.network).toBe(short.trained.network);
  });

  it.each([9, 16])('ends in the same bytes when it is stopped every %i steps', async (steps) => {
    const undisturbed = await trainInPieces(await smallTraining({ settings }), device);
    const pieces = await trainInPieces(await smallTraining({ settings }), device, steps);
    expect(pieces.trained).toEqual(undisturbed.trained);
    expect(pieces.curves).toEqual(undisturbed.curves);
  });

  it('is refused where nothing is held out to judge by', async () => {
    expect(() => smallSettings({ ...settings, validationRatio: 0 })).toThrow('needs a validationRatio above 0');
    const { splits, ...dataset } = halves();
    const nothing = { ...splits.validation, indices: new Uint32Array(0) };
    const given = await smallTraining({ settings, dataset: { ...dataset, splits: { ...splits, validation: nothing } } });
    await expect(trainInPieces(given, device)).rejects.toThrow(expect.objectContaining({ code: 'BAD_RECIPE' }));
  });
});

describe('the best network', () => {
  const judge = (values: readonly number[], minimumImprovement: number) => {
    let best: Parameters<typeof bestAfter>[0] = null;
    for (const [index, value] of values.entries()) {
      const verdict = { measure: 'accuracy', value, others: {} };
      best = bestAfter(best, { step: 10 * (index + 1), verdict, weights: [] }, { minimumImprovement });
    }
    return best!;
  };

  it('is the first of equally good ones', () => {
    expect(judge([0.5, 0.7, 0.7, 0.6], 0)).toMatchObject({ step: 20, epochsSince: 2 });
  });

  it('is only replaced by one that is better by more than the smallest improvement', () => {
    expect(judge([0.5, 0.55, 0.625, 0.62], 0.125)).toMatchObject({ step: 10, epochsSince: 3 });
    expect(judge([0.5, 0.55, 0.63, 0.64], 0.125)).toMatchObject({ step: 30, epochsSince: 1 });
  });

  it('ends the training when the patience is at its end', () => {
    expect(isExhausted(judge([0.5, 0.4], 0), { patience: 2 })).toBe(false);
    expect(isExhausted(judge([0.5, 0.4, 0.4], 0), { patience: 2 })).toBe(true);
    expect(isExhausted(null, { patience: 1 })).toBe(false);
  });
});
