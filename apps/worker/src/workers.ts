import { fileURLToPath } from 'node:url';
import { orchestrationQueue, poolQueue } from '@espalier/compression-workflow/contract';
import { createRecordActivities, createTrainerActivities, type TrainerDependencies } from '@espalier/compression-workflow/activities';
import { Worker, bundleWorkflowCode, type Logger, type NativeConnection } from '@temporalio/worker';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly pool: string;
  readonly dependencies: TrainerDependencies;
  readonly logger: Logger;
}

/** A worker killed with its trainer told to write a last checkpoint needs five seconds of the eight that it has. */
const shutdownForceTime = '7s';

/**
 * The two workers of one process: one for workflows and rows, one that takes trainer jobs from the pool's queue. SIGTERM and SIGINT shut
 * both down: trainers write a checkpoint and end, and their stages are handed back to be taken up again.
 */
export async function createWorkers({ connection, namespace, pool, dependencies, logger }: WorkersOptions): Promise<Worker[]> {
  const workflowsPath = fileURLToPath(import.meta.resolve('@espalier/compression-workflow/workflow'));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  const orchestration = await Worker.create({
    connection,
    namespace,
    taskQueue: orchestrationQueue,
    workflowBundle,
    activities: createRecordActivities(dependencies),
    shutdownForceTime,
    // A workflow's next task goes to the worker that has it in memory; after this long without an answer any other one may take it. Short, because a
    // killed worker is the case to be quick in, and reading a run's short history again costs next to nothing.
    stickyQueueScheduleToStartTimeout: '1s',
  });
  const trainers = await Worker.create({
    connection,
    namespace,
    taskQueue: poolQueue(pool),
    activities: createTrainerActivities(dependencies),
    // A trainer wants the whole machine, or the whole accelerator.
    maxConcurrentActivityTaskExecutions: 1,
    // Word of a cancellation comes back with a heartbeat, so heartbeats must go out when they are made.
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
    shutdownForceTime,
  });
  return [orchestration, trainers];
}
