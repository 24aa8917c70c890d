import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { createRecordActivities, createTrainerActivities } from '../../src/activities/index.ts';
import { orchestrationQueue, poolQueue } from '../../src/contract/index.ts';
import type { World } from './world.ts';

export const scriptedTrainer = fileURLToPath(new URL('../fixtures/scripted-trainer.mjs', import.meta.url));
const workflowsPath = fileURLToPath(new URL('../../src/workflow/index.ts', import.meta.url));

const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });

let bundle: Promise<WorkflowBundle> | undefined;
/** The workflows' code, bundled once per test file. */
export const workflowBundle = (): Promise<WorkflowBundle> => (bundle ??= bundleWorkflowCode({ workflowsPath, logger }));

/**
 * Does `work` while a worker of this process serves the world's workflows and a pool of its own, whose trainers show the named fault
 * (see fixtures/scripted-trainer.mjs). `atOnce` is how many of them there may be at a time, as if there were so many workers.
 */
export async function withWorkers<T>(
  world: World,
  { pool, fault, stepMs = 5, atOnce = 1 }: { pool: string; fault: string; stepMs?: number; atOnce?: number },
  work: () => Promise<T>,
): Promise<T> {
  const { address, namespace } = world.temporal;
  const connection = await NativeConnection.connect({ address });
  const notes = path.join(world.folder, `notes-${pool}`);
  mkdirSync(notes);
  const dependencies = {
    pool: world.database.pool,
    storage: world.storage,
    workDirectory: path.join(world.folder, `work-${pool}`),
    dataRoots: [path.join(world.folder, 'datasets')],
    trainer: {
      command: process.execPath,
      args: [scriptedTrainer, notes, fault],
      env: { ...process.env, SCRIPTED_STEP_MS: String(stepMs) },
      cwd: world.folder,
    },
    limits: { reportEveryMs: 100, heartbeatEveryMs: 300 },
  };
  const shared = { connection, namespace, identity: 'test-worker', shutdownForceTime: '10s' } as const;
  const orchestration = await Worker.create({
    ...shared,
    taskQueue: orchestrationQueue,
    workflowBundle: await workflowBundle(),
    activities: createRecordActivities(dependencies),
  });
  const trainers = await Worker.create({
    ...shared,
    taskQueue: poolQueue(pool),
    activities: createTrainerActivities(dependencies),
    maxConcurrentActivityTaskExecutions: atOnce,
    maxHeartbeatThrottleInterval: '200ms',
    defaultHeartbeatThrottleInterval: '200ms',
  });
  try {
    return await trainers.runUntil(orchestration.runUntil(work()));
  } finally {
    await connection.close();
  }
}
