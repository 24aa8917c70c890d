import { PoolSchema } from '@espalier/core';
import { z } from 'zod';

/**
 * What a workflow is started with. Ids only: everything else is read from the database by the activities, so that a history carries
 * no copies and starting is cheap.
 */
export const RunWorkflowInputSchema = z.object({ runId: z.uuid(), pool: PoolSchema });
export type RunWorkflowInput = z.infer<typeof RunWorkflowInputSchema>;

export const InspectDatasetInputSchema = z.object({ datasetId: z.uuid(), pool: PoolSchema });
export type InspectDatasetInput = z.infer<typeof InspectDatasetInputSchema>;
