import { readdirSync } from 'node:fs';
import type { Device } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { halves, listen, smallSettings } from '../../test/fixtures.ts';
import { smallTraining, trainInPieces } from '../../test/pieces.ts';
import { train } from './train.ts';

let device: Device;
beforeAll(async () => {
  device = await openBackend();
});

const constant = { name: 'constant', warmupEpochs: 0 } as const;
/** 320 pictures to train on: 20 steps an epoch. */
const dataset = halves(400);

/**
 * Weight decay λ alone makes a rate r diverge: the weights follow v ← 0.9·v + r·λ·w, w ← w − v, whose characteristic root leaves the unit circle at
 * r·λ = 3.8. At 30 it is −28.07, so that variances of maps, which go with w², pass the largest 32-bit number within a dozen steps. At a tenth
 * it is no larger than 1.
 */
const diverging = smallSettings({ epochs: 2, learningRate: 6, weightDecay: 5, schedule: constant });

/** The rate passes the bound at about step 9 and the numbers leave the range in the second epoch; a tenth of its peak is below the bound. */
const divergingLater = smallSettings({
  epochs: 3,
  learningRate: 7.2,
  weightDecay: 5,
  schedule: { name: 'one-cycle', peakAt: 0.9, startDivisor: 25, endDivisor: 1e4 },
});

describe('a training whose loss stops being a number', () => {
  it('goes back to the beginning of the epoch and on at a tenth of the rate, as if that had been asked for', async () => {
    const { trained, log } = await trainInPieces(await smallTraining({ dataset, settings: diverging }), device);
    expect(trained.lowered).toEqual({ atStep: expect.any(Number) as number, toStep: 0, factor: 0.1 });
    expect(trained.lowered!.atStep).toBeLessThan(20);
    expect(log).toEqual([expect.stringMatching(/at step \d+ of 40: training goes back to step 0, and on at 0.1 of the learning rate/)]);
    const asked = await trainInPieces(await smallTraining({ dataset, settings: { ...diverging, learningRate: 0.6 } }), device);
    expect(asked.trained.lowered).toBeNull();
    expect(trained.network).toBe(asked.trained.network);
  });

  it.each([13, 20])('ends in the same bytes and tells the same points when it is stopped every %i steps', async (steps) => {
    const undisturbed = await trainInPieces(await smallTraining({ dataset, settings: divergingLater }), device);
    expect(undisturbed.trained.lowered).toMatchObject({ toStep: 20 });
    const pieces = await trainInPieces(await smallTraining({ dataset, settings: divergingLater }), device, steps);
    expect(pieces.trained).toEqual(undisturbed.trained);
    expect(pieces.curves).toEqual(undisturbed.curves);
    expect(pieces.log.filter((line) => line.includes('goes back'))).toHaveLength(1);
  });

  it('does the same wherever a checkpoint was made within the epoch', async () => {
    const settings = divergingLater;
    const undisturbed = await trainInPieces(await smallTraining({ dataset, settings }), device);
    // The clock of these tests ticks at every look: this is a checkpoint after every other step or so, up to the very step.
    const often = await trainInPieces(await smallTraining({ dataset, settings, checkpointEverySeconds: 0.01 }), device);
    expect(often.trained).toEqual(undisturbed.trained);
  });

  it('has a checkpoint to go on from at every moment after the first one', async () => {
    const training = await smallTraining({ dataset, settings: divergingLater, checkpointEverySeconds: 0.01 });
    const { context } = listen(device);
    // Between two steps, and behind the going back.
    const kept: number[] = [];
    vi.spyOn(context, 'breathe').mockImplementation(async () => {
      const { length } = readdirSync(training.folder);
      if (length > 0 || kept.length > 0) kept.push(length);
      await Promise.resolve();
    });
    expect((await train(training, context)).lowered).not.toBeNull();
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(1);
  });

  it('fails when that happens a second time, and names both steps', async () => {
    const settings = smallSettings({ learningRate: 1e30, schedule: constant });
    await expect(trainInPieces(await smallTraining({ settings }), device)).rejects.toThrow(
      expect.objectContaining({
        code: 'LOSS_NOT_FINITE',
        message: expect.stringMatching(
          / at step \d+ of 12, though the rate is 0.1 of the schedule's since step 0 \(it happened at step \d+ before\)/,
        ) as string,
      }),
    );
  });

  it('stopped before the second time fails in the same way', async () => {
    const settings = smallSettings({ learningRate: 1e30, schedule: constant });
    const messageOf = async (steps: number): Promise<unknown> =>
      trainInPieces(await smallTraining({ settings }), device, steps).catch((error: unknown) => (error as Error).message);
    expect(await messageOf(1)).toBe(await messageOf(Infinity));
  });
});
