import { describe, expect, it } from 'vitest';
import { SaveTimer } from './save-timer.ts';

/** How many checkpoints a training makes at the ends of its epochs, and which share of its time they take. */
async function trainFor({
  epochs,
  epochMs,
  saveMs,
}: {
  epochs: number;
  epochMs: number;
  saveMs: number;
}): Promise<{ saves: number; share: number }> {
  let nowMs = 0;
  const timer = new SaveTimer(20, () => nowMs);
  let saves = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    nowMs += epochMs;
    if (!timer.isAffordable) continue;
    await timer.saving(async () => void (nowMs += saveMs));
    saves++;
  }
  return { saves, share: (saves * saveMs) / nowMs };
}

describe('checkpoints', () => {
  it.each([
    { name: 'epochs of a tenth of a second', epochs: 10_000, epochMs: 100, saveMs: 15 },
    { name: 'epochs of a second', epochs: 2000, epochMs: 1000, saveMs: 200 },
    { name: 'a large network', epochs: 500, epochMs: 30_000, saveMs: 5000 },
  ])('of $name take two hundredths of the time', async ({ epochs, epochMs, saveMs }) => {
    const { share } = await trainFor({ epochs, epochMs, saveMs });
    // Above it by half a second in a thousand at the most, below it by one checkpoint that was put off.
    expect(share).toBeLessThan(0.0206);
    expect(share).toBeGreaterThan(0.019);
  });

  it('are made at every epoch of a training of few short ones', async () => {
    expect((await trainFor({ epochs: 20, epochMs: 100, saveMs: 15 })).saves).toBe(20);
  });

  it('within an epoch are due when the time for one has gone by', async () => {
    let nowMs = 0;
    const timer = new SaveTimer(20, () => nowMs);
    nowMs = 19_999;
    expect(timer.isDue).toBe(false);
    nowMs = 20_000;
    expect(timer.isDue).toBe(true);
    await timer.saving(async () => void (nowMs += 600));
    expect(timer.isDue).toBe(false);
    // 0.6 s were taken, and 1.2 s are half a second and a share of 35 s.
    nowMs = 40_600;
    expect(timer.isDue).toBe(true);
    await timer.saving(async () => void (nowMs += 5000));
    nowMs += 100_000;
    expect(timer.isDue).toBe(false);
  });
});
