import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cancelRunWorkflow } from '@espalier/compression-workflow/client';
import { World, compressionRecipe, trainingRecipe, until } from '@espalier/compression-workflow/testing';
import { RunResultSchema } from '@espalier/database';
import type { RecipeInput } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeTinyDataset } from '../test/tiny-dataset.ts';
import { WorkerProcess } from '../test/worker-process.ts';

// Workers, engine and database share two processors with whatever else is tested at the time.
vi.setConfig({ testTimeout: 600_000 });

let world: World;
beforeAll(async () => {
  world = await World.open();
  writeTinyDataset(path.join(world.folder, 'datasets/digits'), { training: 200, test: 50 });
  mkdirSync(path.join(world.folder, 'notes'));
});
afterAll(() => world.close());

const scriptedTrainer = path.resolve(import.meta.dirname, '../../../workflows/compression/test/fixtures/scripted-trainer.mjs');
/** A worker whose trainers compute nothing, slowly. */
const scripted = (stepMs: number): NodeJS.ProcessEnv => ({
  ESPALIER_TRAINER_COMMAND: JSON.stringify([process.execPath, scriptedTrainer, path.join(world.folder, 'notes'), 'none']),
  SCRIPTED_STEP_MS: String(stepMs),
});
const epochs = (count: number): RecipeInput => ({ kind: 'training', training: { epochs: count, learningRate: 0.05, batchSize: 32 } });
const pointsOf = async (runId: string): Promise<number> => (await world.run(runId)).points.length;
const checkpointed = async (runId: string): Promise<boolean> => {
  const { checkpoints } = (await world.run(runId)).stages[0] ?? {};
  return Array.isArray(checkpoints) && checkpoints.length > 0;
};

describe('a worker with the real trainer', () => {
  it('trains and compresses a network, and killed in the middle it comes to the same one', async () => {
    const undisturbed = await withWorker({}, async () => {
      const { output } = await world.endOf(await world.startRun(epochs(4)));
      const inputVersionId = output?.id ?? null;
      const compression = { ...compressionRecipe(), retraining: { epochs: 2, learningRate: 0.02, batchSize: 32 } } as RecipeInput;
      const compressed = await world.endOf(await world.startRun(compression, { inputVersionId }));
      return { output, compressed };
    });
    const { compressed } = undisturbed;
    const { before, after, target, widths } = RunResultSchema.parse(compressed.result);
    expect(compressed.status).toBe('succeeded');
    expect(after?.macs).toBeLessThanOrEqual(0.5 * (before?.macs ?? 0));
    expect(target?.reachedRatio).toBeGreaterThanOrEqual(0.5);
    expect(widths.some((width) => width.after < width.before)).toBe(true);
    expect(compressed.output?.parentId).toBe(undisturbed.output?.id);

    const first = await WorkerProcess.start(world);
    const runId = await world.startRun(epochs(4));
    await until(() => checkpointed(runId));
    await first.kill('SIGKILL');
    const disturbed = await withWorker({}, () => world.endOf(runId));
    expect(disturbed.stages[0]).toMatchObject({ attempt: 2, status: 'succeeded' });
    expect(disturbed.output?.digest).toBe(undisturbed.output?.digest);
  });
});

describe('a worker', () => {
  it('told to end hands its stage back with a checkpoint, and the next one goes on from there', async () => {
    const undisturbed = await withWorker(scripted(5), async () => world.endOf(await world.startRun(trainingRecipe)));
    const first = await WorkerProcess.start(world, scripted(300));
    const runId = await world.startRun(trainingRecipe);
    await until(async () => (await pointsOf(runId)) >= 2);
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await checkpointed(runId)).toBe(true);
    expect((await world.run(runId)).status).toBe('running');
    const run = await withWorker(scripted(5), () => world.endOf(runId));
    expect(run.output?.digest).toBe(undisturbed.output?.digest);
    expect(run.lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^Attempt 2 goes on from epoch/));
    expect(run.points.map(({ step }) => step).sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
  });

  it('starts what was written but never started, and ends what was ended from outside', async () => {
    const waiting = await world.registerDataset(path.join(world.folder, 'datasets'));
    const forgotten = await world.writeRun(trainingRecipe);
    const terminated = await world.startRun(trainingRecipe);
    await world.client.workflow.getHandle(terminated).terminate('by hand');
    await withWorker(scripted(1), async () => {
      await until(async () => (await world.run(forgotten)).status === 'succeeded');
      await until(async () => (await world.run(terminated)).status === 'failed');
      await until(async () => (await world.database.prisma.dataset.findUniqueOrThrow({ where: { id: waiting } })).status === 'ready');
    });
    expect((await world.run(terminated)).error).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('ended from outside'),
    });
  });

  it('leaves nothing behind when a run is cancelled', async () => {
    await withWorker(scripted(300), async () => {
      const runId = await world.startRun(trainingRecipe);
      await until(async () => (await pointsOf(runId)) >= 1);
      await cancelRunWorkflow(world.client, { runId });
      expect((await world.endOf(runId)).status).toBe('cancelled');
      const [scratch] = readdirSync(path.join(world.folder, 'work'));
      expect(readdirSync(path.join(world.folder, 'work', scratch ?? ''))).toEqual([]);
    });
  });

  it('that lacks a setting names it', async () => {
    await expect(WorkerProcess.start(world, { ESPALIER_POOL: 'Größer' })).rejects.toThrow('ended before it was ready');
  });
});

async function withWorker<T>(variables: NodeJS.ProcessEnv, work: () => Promise<T>): Promise<T> {
  const worker = await WorkerProcess.start(world, variables);
  try {
    return await work();
  } finally {
    expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }
}
