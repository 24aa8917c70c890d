import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { World, searchRecipe, trainingRecipe, until } from '../../test/support/world.ts';
import { withWorkers } from '../../test/support/workers.ts';
import { cancelRunWorkflow } from '../client/index.ts';
import { searchWorkflowId } from '../contract/index.ts';

// Workers, engine and database share two processors with whatever else is tested at the time.
vi.setConfig({ testTimeout: 180_000 });

const [generations, candidates] = [2, 3];

let world: World;
let inputVersionId: string | null;
beforeAll(async () => {
  world = await World.open();
  const { output } = await withWorkers(world, { pool: 'parent', fault: 'none' }, async () =>
    world.endOf(await world.startRun({ ...trainingRecipe, pool: 'parent' })),
  );
  inputVersionId = output?.id ?? null;
});
afterAll(() => world.close());

const start = (pool: string): Promise<string> => world.startRun({ ...searchRecipe({ generations, candidates }), pool }, { inputVersionId });
const runIn = async (pool: string, options: { fault?: string; atOnce?: number } = {}) =>
  withWorkers(world, { pool, fault: 'none', ...options }, async () => world.endOf(await start(pool)));
const evaluationsOf = (runId: string) =>
  world.database.prisma.searchEvaluation.findMany({ where: { runId }, orderBy: [{ generation: 'asc' }, { genome: 'asc' }] });
const kept = async (runId: string) => (await evaluationsOf(runId)).map(({ generation, genome, fitness }) => [generation, genome, fitness]);

describe('a search', () => {
  it('ends in the same network whatever the order in which a pool judges its candidates, and however often a trainer crashes', async () => {
    const one = await runIn('one-worker');
    const backwards = await runIn('backwards', { fault: 'fitness:reversed@1', atOnce: candidates });
    const crashing = await runIn('crashing', { fault: 'fitness:crash@1' });
    expect([one.status, backwards.status, crashing.status]).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await kept(one.id)).toHaveLength(generations * candidates);
    const judged = ({ points }: typeof one) => points.filter(({ series }) => series === 'search/1/fitness').map(({ step }) => step);
    const inOrder = Array.from({ length: generations * candidates }, (_, index) => index + 1);
    expect(judged(one).sort((a, b) => a - b)).toEqual(inOrder);
    expect(judged(backwards)).not.toEqual(inOrder);
    const curve = ({ points }: typeof one) =>
      points
        .filter(({ series }) => series === 'search/1/fitness')
        .map(({ step, value }) => [step, value] as const)
        .sort(([a], [b]) => a - b);
    for (const other of [backwards, crashing]) {
      expect(other.output?.digest).toBe(one.output?.digest);
      expect(await kept(other.id)).toEqual(await kept(one.id));
      expect(curve(other)).toEqual(curve(one));
    }
    // A crash concerns its candidate alone.
    expect(crashing.stages[0]).toMatchObject({ name: 'analyse', attempt: 1, status: 'succeeded', error: null });
    expect(crashing.lines.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^candidate \d of generation \d: attempt 1 failed: the trainer ended with exit code 7/),
    );

    // Each generation has a history of its own, and that of the run does not grow with the search.
    const search = await world.client.workflow.getHandle(searchWorkflowId(one.id, 1)).describe();
    expect(search.historyLength).toBeLessThan(16 * candidates);
    const { events } = await world.client.workflow.getHandle(one.id).fetchHistory();
    expect(events?.filter((event) => event.childWorkflowExecutionCompletedEventAttributes)).toHaveLength(1);
  });

  it('whose candidate is refused fails with the reason, and no other is judged any more', async () => {
    const run = await runIn('refused', { fault: 'fitness:refuse@1', atOnce: 2 });
    expect(run.status).toBe('failed');
    expect(run.error).toMatchObject({ code: 'LOSS_NOT_FINITE' });
    expect(run.stages[0]).toMatchObject({ name: 'analyse', status: 'failed', error: { code: 'LOSS_NOT_FINITE' } });
    expect(await kept(run.id)).toEqual([]);
    expect(readdirSync(path.join(world.folder, 'work-refused'))).toEqual([]);
  });

  it('shows how many candidates have been judged, and when it is cancelled all its trainers end before the run says so', async () => {
    const pool = 'cancelled';
    await withWorkers(world, { pool, fault: 'none', stepMs: 100, atOnce: 2 }, async () => {
      const runId = await start(pool);
      await until(async () => (await kept(runId)).length > 0);
      expect((await world.run(runId)).stages[0]?.progress).toMatchObject({ phase: 'searching by hashing, generation 0' });
      await cancelRunWorkflow(world.client, { runId });
      const run = await world.endOf(runId);
      expect([run.status, run.error]).toEqual(['cancelled', null]);
      expect(readdirSync(path.join(world.folder, `work-${pool}`))).toEqual([]);
      expect((await kept(runId)).length).toBeLessThan(generations * candidates);
      const { status } = await world.client.workflow.getHandle(searchWorkflowId(runId, 1)).describe();
      expect(status.name).toBe('CANCELLED');
    });
  });
});
