import { ClassificationMeasurementSchema, LatencySchema, ProgressSchema } from '@espalier/core';
import { z } from 'zod';

/** What the demonstration asks of the API, and the shape of the answers. */

const ProblemSchema = z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() });
const userErrors = z.array(ProblemSchema.extend({ path: z.array(z.string()) }));
const node = z.object({ id: z.string() });

export const VIEWER = `query { viewer { memberships { organization { id name } } } }`;
export const ViewerSchema = z.object({
  viewer: z.object({ memberships: z.array(z.object({ organization: node.extend({ name: z.string() }) })) }).nullable(),
});

export const REGISTER_DATASET = `mutation ($input: RegisterDatasetInput!) {
  registerDataset(input: $input) { dataset { id } userErrors { code message hint path } }
}`;
export const RegisterDatasetSchema = z.object({ registerDataset: z.object({ dataset: node.nullable(), userErrors }) });

export const DATASET = `query ($id: ID!) { node(id: $id) { ... on Dataset { status error { code message hint } } } }`;
export const DatasetSchema = z.object({
  node: z.object({ status: z.enum(['INSPECTING', 'READY', 'REFUSED']), error: ProblemSchema.nullable() }),
});

export const REGISTER_MODEL = `mutation ($input: RegisterModelInput!) {
  registerModel(input: $input) { model { id } userErrors { code message hint path } }
}`;
export const RegisterModelSchema = z.object({ registerModel: z.object({ model: node.nullable(), userErrors }) });

export const START_RUN = `mutation ($input: StartRunInput!) {
  startRun(input: $input) { run { id } userErrors { code message hint path } }
}`;
export const StartRunSchema = z.object({ startRun: z.object({ run: node.nullable(), userErrors }) });

const MEASUREMENT = `{ split examples accuracy loss parameters macs bytes latency { runtime batchSize threads samples medianMs lowMs highMs } }`;
const RUN = `{
  id status error { code message hint }
  stages { name round status progress { phase epoch epochs step steps imagesPerSecond secondsLeft } device { warning } }
  output { id digest } before ${MEASUREMENT} after ${MEASUREMENT}
}`;
export const RUN_UPDATES = `subscription ($run: ID!) { runUpdates(run: $run) { run ${RUN} points { series value } } }`;

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
/** GraphQL answers null where the contract has nothing. */
const AnsweredProgressSchema = z.object({
  phase: z.string(),
  epoch: nullish(ProgressSchema.shape.epoch.unwrap()),
  epochs: nullish(ProgressSchema.shape.epochs.unwrap()),
  step: nullish(ProgressSchema.shape.step.unwrap()),
  steps: nullish(ProgressSchema.shape.steps.unwrap()),
  imagesPerSecond: nullish(z.number()),
  secondsLeft: nullish(z.number()),
});
const AnsweredMeasurementSchema = ClassificationMeasurementSchema.extend({ latency: nullish(LatencySchema) });

export const StageSchema = z.object({
  name: z.string(),
  round: z.number(),
  status: z.enum(['WAITING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']),
  progress: AnsweredProgressSchema.nullable(),
  device: z.object({ warning: z.string().nullable() }).nullable(),
});
export type Stage = z.infer<typeof StageSchema>;

export const RunSchema = z.object({
  id: z.string(),
  status: z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']),
  error: ProblemSchema.nullable(),
  stages: z.array(StageSchema),
  output: node.extend({ digest: z.string() }).nullable(),
  before: AnsweredMeasurementSchema.nullable(),
  after: AnsweredMeasurementSchema.nullable(),
});
export type Run = z.infer<typeof RunSchema>;

export const PointSchema = z.object({ series: z.string(), value: z.number() });
export const RunUpdatesSchema = z.object({ runUpdates: z.object({ run: RunSchema, points: z.array(PointSchema) }) });
