import { EspalierError, toWireError } from '@espalier/core';
import { beginStage, endRun } from '@espalier/database';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, searchRecipe } from '../../test/support/world.ts';
import { FinalFailure } from './failure.ts';
import { attemptStep } from './step.ts';

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

const stage = { name: 'analyse', round: 1 } as const;
const crash = new EspalierError('TRAINER_CRASHED', 'the trainer ended by SIGSEGV', { hint: 'Look at the native code.' });

/** A run whose first analysis goes on. */
async function begun(): Promise<string> {
  const runId = await world.writeRun(searchRecipe({ generations: 1, candidates: 1 }));
  await beginStage(world.database.pool, runId, stage, 'inputs');
  return runId;
}

const attempt = (runId: string, number: number, work: () => Promise<unknown>): Promise<unknown> =>
  new MockActivityEnvironment({ attempt: number }).run(() =>
    attemptStep(world.database, { runId, stage, name: 'candidate 3 of generation 1' }, work),
  );
const failing = (runId: string, number: number): Promise<unknown> =>
  attempt(runId, number, async () => {
    throw crash;
  });

describe('an attempt at a step', () => {
  it('that fails is told to those who watch, and may be followed by another', async () => {
    const runId = await begun();
    await expect(failing(runId, 1)).rejects.toBe(crash);
    const { lines, stages } = await world.run(runId);
    expect(lines.map(({ text }) => text)).toEqual(['candidate 3 of generation 1: attempt 1 failed: the trainer ended by SIGSEGV']);
    expect(stages[0]).toMatchObject({ attempt: 1, status: 'running', error: null });
    expect(await attempt(runId, 2, async () => 0.5)).toBe(0.5);
  });

  it('is the last one after eight, with what the last of them said', async () => {
    const runId = await begun();
    await expect(failing(runId, 8)).rejects.toThrow(/8 attempts ended without an answer. The last one said: the trainer ended by SIGSEGV/);
    const dead = await attempt(runId, 9, async () => 0.5).catch((error: unknown) => error);
    expect(dead).toBeInstanceOf(FinalFailure);
    expect(dead).toHaveProperty('message', expect.stringContaining('their workers died'));
  });

  it('that is refused for good is refused as it is', async () => {
    const refusal = new EspalierError('BAD_DATASET', 'no pictures are held out');
    expect(toWireError(refusal).retryable).toBe(false);
    const refused = attempt(await begun(), 8, async () => {
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
  });

  it('at a stage of a run that has ended is not begun', async () => {
    const runId = await begun();
    await endRun(world.database.pool, runId, { status: 'cancelled' });
    await expect(attempt(runId, 1, async () => 0.5)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
