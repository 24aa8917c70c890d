import { z } from 'zod';
import { artifactKinds, DigestSchema } from '../artifact.ts';
import { DatasetSummarySchema } from '../dataset.ts';
import { WireErrorSchema } from '../errors.ts';
import { LayerSummarySchema, LayerWidthSchema, MeasurementSchema, VerdictSchema } from '../measurement.ts';
import { DeviceSchema, LogLineSchema, MetricPointSchema, ProgressSchema } from '../run.ts';

/**
 * What a trainer process says, one JSON object a line on file descriptor 3. The last message is `done`, `failed` or `stopped`;
 * a trainer that ends without one has crashed.
 */

/** A file that the trainer wrote. `name` is its part in the job: `network`, `plan`, `checkpoint`. */
export const OutputFileSchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(artifactKinds),
  digest: DigestSchema,
  bytes: z.number().int().nonnegative(),
});
export type OutputFile = z.infer<typeof OutputFileSchema>;

export const NetworkCostSchema = z.object({ parameters: z.number().int().nonnegative(), macs: z.number().int().nonnegative() });
export type NetworkCost = z.infer<typeof NetworkCostSchema>;

export const GroupChoiceSchema = z.object({
  group: z.string(),
  before: z.number().int().positive(),
  after: z.number().int().positive(),
  reason: z.string().nullable(),
});

/** Where a search stands that was handed out. Its state is an output file. */
export const SearchStandingSchema = z.object({
  /** For people. */
  algorithm: z.string(),
  /** Generations that are behind it. */
  generation: z.number().int().nonnegative(),
  /** Candidates that have been judged. */
  evaluations: z.number().int().nonnegative(),
  /** The genomes that have to be judged before the search can go on, by their digests. */
  candidates: z.array(DigestSchema).min(1),
});
export type SearchStanding = z.infer<typeof SearchStandingSchema>;

/** A training whose loss stopped being a number, which went back once and on at a lower rate. */
export const LoweredRateSchema = z.object({
  /** The step at which it was noticed. */
  atStep: z.number().int().positive(),
  /** The step to which it went back: the end of the epoch before, or the beginning. */
  toStep: z.number().int().nonnegative(),
  /** What every rate of the schedule is multiplied by from there on. */
  factor: z.number().positive(),
});
export type LoweredRate = z.infer<typeof LoweredRateSchema>;

/** What a job found out, by kind. Numbers only: everything large is an output file. */
export const JobResultSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('train'),
    epochs: z.number().int(),
    steps: z.number().int(),
    trainingLoss: z.number(),
    /** Of the network that is kept; null where nothing was held out. */
    validation: VerdictSchema.nullable().default(null),
    /** The step whose network is kept: the last one, or with an early stop the one at the end of the best epoch. */
    keptStep: z.number().int().optional(),
    lowered: LoweredRateSchema.optional(),
    cost: NetworkCostSchema,
  }),
  z.object({
    kind: z.literal('analyse'),
    before: NetworkCostSchema,
    predicted: NetworkCostSchema,
    reachedRatio: z.number(),
    groups: z.array(GroupChoiceSchema),
    /** Of a later round that found nothing more to remove, or less than its share: why. There is no plan then, and the rounds end. */
    nothingPruned: z.string().optional(),
  }),
  /** Instead of a plan: a search waits for its candidates to be judged. */
  z.object({ kind: z.literal('search'), ...SearchStandingSchema.shape }),
  /** What a candidate is worth on held-out pictures: its accuracy, or the mean average precision (11 points) of a detector. */
  z.object({ kind: z.literal('fitness'), fitness: z.number().min(0).max(1) }),
  z.object({
    kind: z.literal('prune'),
    before: NetworkCostSchema,
    after: NetworkCostSchema,
    /** Largest absolute difference between the outputs of the pruned and the masked network. */
    maskedDifference: z.number(),
    widths: z.array(LayerWidthSchema),
    measurement: MeasurementSchema,
  }),
  z.object({
    kind: z.literal('evaluate'),
    /** By the name that the job gave the network. */
    measurements: z.record(z.string(), MeasurementSchema),
    /** The layers of each network, in the order of its graph: what a registered version shows. */
    layers: z.record(z.string(), z.array(LayerSummarySchema)).default({}),
  }),
  z.object({ kind: z.literal('inspect-dataset'), summary: DatasetSummarySchema }),
]);
export type JobResult = z.infer<typeof JobResultSchema>;

export const MessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), pid: z.number().int(), device: DeviceSchema }),
  z.object({ type: z.literal('progress'), progress: ProgressSchema }),
  z.object({ type: z.literal('metrics'), points: z.array(MetricPointSchema) }),
  z.object({ type: z.literal('log'), line: LogLineSchema }),
  /** A complete checkpoint lies at `file.path`; the one before it may be deleted by the trainer after this. */
  z.object({ type: z.literal('checkpoint'), file: OutputFileSchema, epoch: z.number().int(), step: z.number().int() }),
  z.object({ type: z.literal('done'), result: JobResultSchema, outputs: z.array(OutputFileSchema) }),
  z.object({ type: z.literal('failed'), error: WireErrorSchema, step: z.number().int().nullable() }),
  /** Told to stop, and did: the newest checkpoint, if the job makes any, has been announced. */
  z.object({ type: z.literal('stopped') }),
]);
export type Message = z.infer<typeof MessageSchema>;
export type FinalMessage = Extract<Message, { type: 'done' | 'failed' | 'stopped' }>;
