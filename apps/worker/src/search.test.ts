import path from 'node:path';
import { World, until } from '@espalier/compression-workflow/testing';
import type { RecipeInput } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { artifactOf, compressByCommandLine } from '../test/command-line.ts';
import { writeTinyDataset } from '../test/tiny-dataset.ts';
import { WorkerProcess } from '../test/worker-process.ts';

// Every candidate is a trainer process, on two processors that are shared with whatever else is tested at the time.
vi.setConfig({ testTimeout: 600_000 });

let world: World;
beforeAll(async () => {
  world = await World.open();
  writeTinyDataset(path.join(world.folder, 'datasets/digits'), { training: 100, test: 20 });
});
afterAll(() => world.close());

const retraining = { epochs: 1, learningRate: 0.02, batchSize: 32 };
const recipe = {
  kind: 'compression',
  seed: 5,
  method: { name: 'acp', settings: { images: 16, particles: 3, cycles: 1, fitness: { recalibrationImages: 32, images: 10 } } },
  target: { measure: 'macs', reductionRatio: 0.5 },
  retraining,
} as const satisfies RecipeInput;

const evaluations = (runId: string) => world.database.prisma.searchEvaluation.count({ where: { runId } });

describe('a search over the workers of a pool', () => {
  it('one of which is killed in the middle of a generation ends in the bytes of the command line', async () => {
    const [first, second] = await Promise.all([WorkerProcess.start(world), WorkerProcess.start(world)]);
    const { output: parent } = await world.endOf(await world.startRun({ kind: 'training', training: retraining }));
    const runId = await world.startRun(recipe, { inputVersionId: parent?.id ?? null });
    await until(async () => (await evaluations(runId)) >= 1, 300);
    // Of three candidates one is judged, or two are: the other worker has another, or is about to.
    await first.kill('SIGKILL');
    const run = await world.endOf(runId);
    expect(await second.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(run.status).toBe('succeeded');
    expect(run.stages[0]).toMatchObject({ name: 'analyse', attempt: 1, status: 'succeeded' });
    expect(await evaluations(runId)).toBeGreaterThan(3);

    const byCommandLine = await compressByCommandLine(world, {
      parent: parent?.digest ?? '',
      dataset: path.join(world.folder, 'datasets/digits'),
      recipe,
    });
    expect(await artifactOf(world, runId, 'analyse', 'plan')).toBe(byCommandLine('analyse-1/plan.json'));
    expect(await artifactOf(world, runId, 'evaluate', 'provenance')).toBe(byCommandLine('provenance.json'));
    expect(run.output?.digest).toBe(JSON.parse(byCommandLine('result.json')).network.digest);
    expect(run.output?.provenanceDigest).not.toBeNull();
  });
});
