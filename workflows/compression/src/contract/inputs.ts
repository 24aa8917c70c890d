import { z } from 'zod';

/**
 * What a workflow is started with. Ids only: everything else is read from the database by the activities, so that a history carries
 * no copies and starting is cheap.
 */
const pool = z.string().regex(/^[a-z0-9-]{1,40}$/, 'is not a pool name (lower-case letters, digits and dashes)');

export const RunWorkflowInputSchema = z.object({ runId: z.uuid(), pool });
export type RunWorkflowInput = z.infer<typeof RunWorkflowInputSchema>;

export const InspectDatasetInputSchema = z.object({ datasetId: z.uuid(), pool });
export type InspectDatasetInput = z.infer<typeof InspectDatasetInputSchema>;
