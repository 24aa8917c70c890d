import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporal } from '@temporalio/proto';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { World, compressionRecipe, searchRecipe, trainingRecipe, until } from '../../test/support/world.ts';
import { withWorkers, workflowBundle } from '../../test/support/workers.ts';
import { cancelRunWorkflow, startDatasetInspection } from '../client/index.ts';
import { inspectionWorkflowId, searchWorkflowId } from '../contract/index.ts';

/**
 * A workflow that goes on for weeks is replayed by every release that comes in between: a change of its code that gives other commands for the same
 * history would break it. So histories recorded once are replayed for ever. Where a change is meant, it goes behind `patched`, and a history of the new way is
 * added: `ESPALIER_RECORD_HISTORIES=1 npx vitest run workflows/compression/src/workflow/replay.test.ts` writes those of today's code.
 */
const folder = path.resolve(import.meta.dirname, '../../histories');
// Workers, engine and database share two processors with whatever else is tested at the time.
vi.setConfig({ testTimeout: 180_000 });

const recording = process.env.ESPALIER_RECORD_HISTORIES === '1';

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

const { History } = temporal.api.history.v1;
type RunHistory = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

const replay = async (history: RunHistory): Promise<void> => Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);

/** A workflow's id; without the id of one of its runs, the newest run is meant. */
interface Recorded {
  readonly workflowId: string;
  readonly firstRun?: string;
}

/** One workflow of each kind and ending, by the name of its recording. */
async function runOneOfEach(): Promise<Record<string, Recorded>> {
  const ids: Record<string, string> = {};
  let firstGeneration: string | null | undefined;
  await withWorkers(world, { pool: 'plain', fault: 'none' }, async () => {
    ids.training = await world.startRun({ ...trainingRecipe, pool: 'plain' });
    const { output } = await world.endOf(ids.training);
    ids.compression = await world.startRun({ ...compressionRecipe(2), pool: 'plain' }, { inputVersionId: output?.id ?? null });
    await world.endOf(ids.compression);
    ids.search = await world.startRun(
      { ...searchRecipe({ generations: 2, candidates: 3 }), pool: 'plain' },
      { inputVersionId: output?.id ?? null },
    );
    await world.endOf(ids.search);
    ids['search-last-generation'] = searchWorkflowId(ids.search, 1);
    const { events } = await world.client.workflow.getHandle(ids.search).fetchHistory();
    firstGeneration = events?.map((event) => event.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.runId).find(Boolean);
    const datasetId = await world.registerDataset('/etc');
    await startDatasetInspection(world.client, { datasetId, pool: 'plain' });
    ids['inspection-refused'] = inspectionWorkflowId(datasetId);
    await until(async () => (await world.database.prisma.dataset.findUniqueOrThrow({ where: { id: datasetId } })).status === 'refused');
  });
  await withWorkers(world, { pool: 'nothing-left', fault: 'analyse:nothing-left@2' }, async () => {
    const parent = await world.database.prisma.modelVersion.findFirstOrThrow({ where: { runId: ids.training } });
    ids['rounds-ended'] = await world.startRun({ ...compressionRecipe(2), pool: 'nothing-left' }, { inputVersionId: parent.id });
    await world.endOf(ids['rounds-ended']);
  });
  await withWorkers(world, { pool: 'failing', fault: 'train:refuse@3' }, async () => {
    ids.failed = await world.startRun({ ...trainingRecipe, pool: 'failing' });
    await world.endOf(ids.failed);
  });
  await withWorkers(world, { pool: 'slow', fault: 'none', stepMs: 200 }, async () => {
    const runId = await world.startRun({ ...trainingRecipe, pool: 'slow' });
    ids.cancelled = runId;
    await until(async () => (await world.run(runId)).points.length > 0);
    await cancelRunWorkflow(world.client, { runId });
    await world.endOf(runId);
  });
  const newest = Object.entries(ids).map(([name, workflowId]): [string, Recorded] => [name, { workflowId }]);
  return {
    ...Object.fromEntries(newest),
    'search-generation': { workflowId: ids['search-last-generation'] ?? '', firstRun: firstGeneration ?? 'none' },
  };
}

describe('a workflow', () => {
  it('replays what it has just done', async () => {
    const ids = await runOneOfEach();
    expect(Object.keys(ids)).toHaveLength(9);
    for (const [name, { workflowId, firstRun }] of Object.entries(ids)) {
      const history = await world.client.workflow.getHandle(workflowId, firstRun).fetchHistory();
      await replay(history);
      if (recording) writeFileSync(path.join(folder, `${name}.json`), asJson(history));
    }
  });

  const recorded = readdirSync(folder).filter((file) => file.endsWith('.json'));
  it.each(recorded)('replays %s as it was recorded', async (file) => {
    await replay(History.fromObject(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))));
  });

  it('is recorded in every ending', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(9);
  });
});

/** A recording names no machine and no folder. */
const asJson = (history: RunHistory): string =>
  JSON.stringify(
    History.toObject(History.fromObject(history), { longs: String, enums: String, bytes: String }),
    (key, value: unknown) => (key === 'identity' || key === 'stackTrace' ? 'recorded' : value),
    2,
  );
