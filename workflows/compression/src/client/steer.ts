import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { badInput } from '@espalier/core';
import type { z } from 'zod';
import {
  InspectDatasetInputSchema,
  RunWorkflowInputSchema,
  inspectDatasetWorkflowName,
  inspectionWorkflowId,
  orchestrationQueue,
  runWorkflowId,
  runWorkflowName,
  type InspectDatasetInput,
  type RunWorkflowInput,
} from '../contract/index.ts';

/**
 * Starts the workflow of a run whose row is written. Starting it twice starts it once, also when the first one has long ended: a run is
 * run only once.
 */
export async function startRunWorkflow(client: Client, input: RunWorkflowInput): Promise<void> {
  const { runId, pool } = parsed(RunWorkflowInputSchema, input);
  await startOnce(client, runWorkflowName, runWorkflowId(runId), { runId, pool });
}

/**
 * Asks a run to stop: its trainer is told to, and its row says `cancelled` when it has.
 * @returns false when there is no workflow that could be asked: none was started, or it has ended.
 */
export async function cancelRunWorkflow(client: Client, { runId }: { runId: string }): Promise<boolean> {
  // The engine takes a request to cancel what has ended without a word, so it is asked first.
  if ((await stateOfRunWorkflow(client, { runId })) !== 'running') return false;
  await client.workflow.getHandle(runWorkflowId(runId)).cancel();
  return true;
}

/** Has a worker of the pool read a registered dataset through. Starting it twice starts it once. */
export async function startDatasetInspection(client: Client, input: InspectDatasetInput): Promise<void> {
  const { datasetId, pool } = parsed(InspectDatasetInputSchema, input);
  await startOnce(client, inspectDatasetWorkflowName, inspectionWorkflowId(datasetId), { datasetId, pool });
}

/** Whether a workflow still goes on, has ended in whatever way, or is unknown to the engine. */
export type WorkflowState = 'running' | 'closed' | 'absent';

export const stateOfRunWorkflow = (client: Client, { runId }: { runId: string }): Promise<WorkflowState> =>
  stateOf(client, runWorkflowId(runId));

export const stateOfDatasetInspection = (client: Client, { datasetId }: { datasetId: string }): Promise<WorkflowState> =>
  stateOf(client, inspectionWorkflowId(datasetId));

async function stateOf(client: Client, workflowId: string): Promise<WorkflowState> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' ? 'running' : 'closed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'absent';
    throw error;
  }
}

async function startOnce(client: Client, name: string, workflowId: string, input: RunWorkflowInput | InspectDatasetInput): Promise<void> {
  try {
    await client.workflow.start(name, {
      workflowId,
      taskQueue: orchestrationQueue,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (!result.success) throw badInput('BAD_INPUT', 'the workflow input', result.error);
  return result.data;
}
