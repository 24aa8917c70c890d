import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunResultSchema } from '@espalier/database';
import { Client as Pg } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { World, compressionRecipe, trainingRecipe, until } from '../../test/support/world.ts';
import { withWorkers } from '../../test/support/workers.ts';
import { cancelRunWorkflow, startDatasetInspection, startRunWorkflow, stateOfRunWorkflow } from '../client/index.ts';
import { currentStageQueryName } from '../contract/index.ts';

// Workers, engine and database share two processors with whatever else is tested at the time.
vi.setConfig({ testTimeout: 180_000 });

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

/** The digest that every undisturbed training of these tests ends in. */
async function trained(pool: string): Promise<{ versionId: string; digest: string }> {
  const { output } = await withWorkers(world, { pool, fault: 'none' }, async () =>
    world.endOf(await world.startRun({ ...trainingRecipe, pool })),
  );
  return { versionId: output?.id ?? '', digest: output?.digest ?? '' };
}

/** Files of the storage, by digest. */
function stored(): string[] {
  const { folder } = world.storage;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, ''));
}

describe('a run', () => {
  it('of training goes through its stages and registers a version', async () => {
    const pool = 'training';
    const run = await withWorkers(world, { pool, fault: 'none' }, async () =>
      world.endOf(await world.startRun({ ...trainingRecipe, pool })),
    );
    expect(run.status).toBe('succeeded');
    expect(run.stages.map(({ name, status, attempt }) => [name, status, attempt])).toEqual([
      ['train', 'succeeded', 1],
      ['evaluate', 'succeeded', 1],
      ['register', 'succeeded', 1],
    ]);
    expect(run.output).toMatchObject({ modelId: world.modelId, parentId: null, layers: [{ name: 'conv' }] });
    expect(run.output?.measurement).toEqual(RunResultSchema.parse(run.result).after);
    expect(run.points.map(({ series, step }) => [series, step])).toEqual(
      Array.from({ length: 10 }, (_, index) => ['train/loss', index + 1]),
    );
    expect(run.stages[0]?.device).toMatchObject({ warning: 'nothing is computed' });
    expect(await world.storage.has(run.output?.digest ?? '')).toBe(true);
  });

  it('of compression prunes in rounds and registers a child of the version it began with', async () => {
    const pool = 'compression';
    const { versionId } = await trained('compression-parent');
    const run = await withWorkers(world, { pool, fault: 'none' }, async () =>
      world.endOf(await world.startRun({ ...compressionRecipe(2), pool }, { inputVersionId: versionId })),
    );
    expect(run.status).toBe('succeeded');
    expect(run.stages.map(({ name, round }) => `${name} ${round}`)).toEqual([
      'analyse 1',
      'prune 1',
      'retrain 1',
      'analyse 2',
      'prune 2',
      'retrain 2',
      'evaluate 0',
      'register 0',
    ]);
    expect(run.output?.parentId).toBe(versionId);
    const result = RunResultSchema.parse(run.result);
    expect(result.widths).toEqual([{ layer: 'conv', type: 'Conv2D', group: 'g0', before: 16, after: 8 }]);
    expect([result.before, result.afterPruning, result.after, result.target].map((found) => found !== undefined)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([...new Set(run.points.map(({ series }) => series))]).toEqual(['retrain/1/loss', 'retrain/2/loss']);
  });

  it.each([
    { name: 'finds nothing more to remove', pool: 'nothing-left', fault: 'analyse:nothing-left@2' },
    {
      name: 'has nothing to remove of what was asked for, since the first removed it all,',
      pool: 'overshoot',
      fault: 'analyse:overshoot@1',
    },
  ])('whose second round $name ends its rounds there, with what the first one left', async ({ pool, fault }) => {
    const { versionId } = await trained(`${pool}-parent`);
    const run = await withWorkers(world, { pool, fault }, async () =>
      world.endOf(await world.startRun({ ...compressionRecipe(3), pool }, { inputVersionId: versionId })),
    );
    expect(run.status).toBe('succeeded');
    expect(run.stages.map(({ name, round, status }) => `${name} ${round} ${status}`)).toEqual([
      'analyse 1 succeeded',
      'prune 1 succeeded',
      'retrain 1 succeeded',
      'analyse 2 succeeded',
      'prune 2 skipped',
      'retrain 2 skipped',
      'analyse 3 skipped',
      'prune 3 skipped',
      'retrain 3 skipped',
      'evaluate 0 succeeded',
      'register 0 succeeded',
    ]);
    // No epoch is spent on what is not cut.
    expect([...new Set(run.points.map(({ series }) => series))]).toEqual(['retrain/1/loss']);
    expect(run.output?.parentId).toBe(versionId);
  });

  it('started twice is run once', async () => {
    const pool = 'twice';
    const runId = await world.startRun({ ...trainingRecipe, pool });
    await startRunWorkflow(world.client, { runId, pool });
    const run = await withWorkers(world, { pool, fault: 'none' }, () => world.endOf(runId));
    await startRunWorkflow(world.client, { runId, pool });
    expect(await stateOfRunWorkflow(world.client, { runId })).toBe('closed');
    expect(await world.database.prisma.modelVersion.count({ where: { runId } })).toBe(1);
    expect(run.stages.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });

  it('leaves no checkpoint and no scratch behind', async () => {
    const { digest } = await trained('tidy');
    const artifacts = await world.database.prisma.artifact.findMany();
    expect(stored().sort()).toEqual(artifacts.map((artifact) => artifact.digest).sort());
    expect(await world.storage.has(digest)).toBe(true);
    expect(readdirSync(path.join(world.folder, 'work-tidy'))).toEqual([]);
  });

  it('whose trainer crashes goes on from the checkpoint to the same network', async () => {
    const { digest } = await trained('undisturbed');
    const pool = 'crash';
    const run = await withWorkers(world, { pool, fault: 'train:crash@8' }, async () =>
      world.endOf(await world.startRun({ ...trainingRecipe, pool })),
    );
    expect(run.output?.digest).toBe(digest);
    expect(run.stages[0]).toMatchObject({ attempt: 2, status: 'succeeded', error: null });
    const log = run.lines.map(({ text }) => text);
    expect(log.find((line) => line.startsWith('Attempt 1 failed: the trainer ended with exit code 7'))).toContain('std::bad_alloc');
    expect(log).toContain('Attempt 2 goes on from epoch 1, step 5.');
    expect(run.points.map(({ step }) => step).sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
  });

  it('outlives a database that cuts every connection again and again', async () => {
    const { digest } = await trained('steady');
    const pool = 'cut-off';
    const cutter = new Pg({ connectionString: world.databaseUrl });
    await cutter.connect();
    const run = await withWorkers(world, { pool, fault: 'none', stepMs: 200 }, async () => {
      const runId = await world.startRun({ ...trainingRecipe, pool });
      for (let cut = 0; cut < 6; cut++) {
        await sleep(300);
        await cutter.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      }
      return world.endOf(runId);
    });
    await cutter.end();
    expect(run.status).toBe('succeeded');
    expect(run.output?.digest).toBe(digest);
  });

  it('that comes no further is ended with the reason after five attempts', async () => {
    const pool = 'hopeless';
    const run = await withWorkers(world, { pool, fault: 'train:crash-always@7' }, async () =>
      world.endOf(await world.startRun({ ...trainingRecipe, pool })),
    );
    expect(run.status).toBe('failed');
    expect(run.error).toMatchObject({ code: 'TRAINER_CRASHED', retryable: false });
    expect(run.error).toHaveProperty('message', expect.stringMatching(/^5 attempts in a row came no further\. .*exit code 7/s));
    expect(run.stages.map(({ status }) => status)).toEqual(['failed', 'cancelled', 'cancelled']);
  });

  it('whose trainer refuses fails at once, with the reason where it is looked for', async () => {
    const pool = 'refused';
    const run = await withWorkers(world, { pool, fault: 'train:refuse@3' }, async () =>
      world.endOf(await world.startRun({ ...trainingRecipe, pool })),
    );
    expect(run.status).toBe('failed');
    expect(run.error).toMatchObject({ code: 'LOSS_NOT_FINITE', message: 'the loss is NaN at step 3' });
    expect(run.stages[0]).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'LOSS_NOT_FINITE' } });
  });

  it('that compresses nothing in particular is refused', async () => {
    const pool = 'no-input';
    const run = await withWorkers(world, { pool, fault: 'none' }, async () =>
      world.endOf(await world.startRun({ ...compressionRecipe(), pool })),
    );
    expect(run.error).toMatchObject({ code: 'BAD_RECIPE', path: ['version'] });
  });

  it('can be cancelled: its trainer ends, its row says so, and nothing of it is kept', async () => {
    const pool = 'cancelled';
    const run = await withWorkers(world, { pool, fault: 'none', stepMs: 200 }, async () => {
      const runId = await world.startRun({ ...trainingRecipe, pool });
      await until(async () => (await world.run(runId)).points.length >= 2);
      expect(await world.client.workflow.getHandle(runId).query(currentStageQueryName)).toEqual({ name: 'train', round: 0 });
      expect(await cancelRunWorkflow(world.client, { runId })).toBe(true);
      return world.endOf(runId);
    });
    expect([run.status, run.error]).toEqual(['cancelled', null]);
    expect(run.stages.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(run.stages.map(({ checkpoints }) => checkpoints)).toEqual([[], [], []]);
    expect(run.points.length).toBeLessThan(10);
    expect(readdirSync(path.join(world.folder, 'work-cancelled'))).toEqual([]);
    expect(await cancelRunWorkflow(world.client, { runId: run.id })).toBe(false);
  });

  it('that waits for a worker can be cancelled too', async () => {
    const pool = 'nobody';
    const run = await withWorkers(world, { pool: 'somebody-else', fault: 'none' }, async () => {
      const runId = await world.startRun({ ...trainingRecipe, pool });
      await until(async () => (await stateOfRunWorkflow(world.client, { runId })) === 'running');
      expect((await world.run(runId)).status).toBe('queued');
      await cancelRunWorkflow(world.client, { runId });
      return world.endOf(runId);
    });
    expect(run.status).toBe('cancelled');
  });
});

describe('the inspection of a dataset', () => {
  const inspected = async (datasetId: string, pool: string) => {
    await withWorkers(world, { pool, fault: 'none' }, async () => {
      await startDatasetInspection(world.client, { datasetId, pool });
      await world.client.workflow
        .getHandle(`inspect-${datasetId}`)
        .result()
        .catch(() => undefined);
    });
    return world.database.prisma.dataset.findUniqueOrThrow({ where: { id: datasetId } });
  };

  it('keeps what was found', async () => {
    const datasetId = await world.registerDataset(path.join(world.folder, 'datasets'));
    expect(await inspected(datasetId, 'inspection')).toMatchObject({ status: 'ready', summary: { classes: ['a', 'b'] }, error: null });
  });

  it('refuses what lies outside the data folders', async () => {
    const datasetId = await world.registerDataset('/etc');
    expect(await inspected(datasetId, 'outside')).toMatchObject({ status: 'refused', error: { code: 'BAD_DATASET', path: ['path'] } });
  });
});
