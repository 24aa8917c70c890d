import { z } from 'zod';
import { DatasetLocationSchema } from '../dataset.ts';
import { DistillationSettingsSchema, MethodChoiceSchema, TargetSchema, TrainingSettingsSchema } from '../recipe.ts';

/**
 * The one job a trainer process is given. Paths are local files that whoever supervises the trainer has put there; the trainer knows
 * nothing of runs, databases or storage. What it makes it writes into `workDirectory` and names in its last message.
 */

const base = {
  /** An empty or earlier used folder for everything the job writes. */
  workDirectory: z.string().min(1),
  seed: z.number().int().nonnegative(),
};

/** Builds a zoo network with freshly drawn weights, or takes a network file. */
export const NetworkSourceSchema = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('zoo'),
    name: z.string(),
    inputShape: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
    classes: z.number().int().positive(),
  }),
  z.object({ from: z.literal('file'), path: z.string() }),
]);
export type NetworkSource = z.infer<typeof NetworkSourceSchema>;

export const TrainJobSchema = z.object({
  ...base,
  kind: z.literal('train'),
  network: NetworkSourceSchema,
  dataset: DatasetLocationSchema,
  settings: TrainingSettingsSchema,
  /** With a teacher the network is distilled, without one it is trained on the labels alone. */
  distillation: z.object({ teacherPath: z.string(), settings: DistillationSettingsSchema }).nullable(),
  /** Prefix of every series, such as `train` or `retrain/1`. */
  series: z.string(),
  /** Seconds between checkpoints inside an epoch; one is written at the end of every epoch as well. */
  checkpointEverySeconds: z.number().positive().default(20),
  resumeFrom: z.string().nullable().default(null),
});
export type TrainJob = z.infer<typeof TrainJobSchema>;

/** Scores the channels and chooses which to keep. Nothing is cut yet: the plan is the output. */
export const AnalyseJobSchema = z.object({
  ...base,
  kind: z.literal('analyse'),
  networkPath: z.string(),
  dataset: DatasetLocationSchema,
  method: MethodChoiceSchema,
  target: TargetSchema,
  minimumChannels: z.number().int().positive(),
  channelMultiple: z.number().int().positive(),
  round: z.number().int().positive(),
});
export type AnalyseJob = z.infer<typeof AnalyseJobSchema>;

/** Cuts the network as the plan says, proves that it computes what the masked one does, and measures it before any retraining. */
export const PruneJobSchema = z.object({
  ...base,
  kind: z.literal('prune'),
  networkPath: z.string(),
  planPath: z.string(),
  dataset: DatasetLocationSchema,
});
export type PruneJob = z.infer<typeof PruneJobSchema>;

/** Measures networks on one split with the same code, in turn. */
export const EvaluateJobSchema = z.object({
  ...base,
  kind: z.literal('evaluate'),
  networks: z.array(z.object({ name: z.string(), path: z.string() })).min(1),
  dataset: DatasetLocationSchema,
  split: z.enum(['training', 'validation', 'test']),
  latency: z.boolean(),
});
export type EvaluateJob = z.infer<typeof EvaluateJobSchema>;

/** Reads a dataset through once: digest, classes, counts, sample pictures. */
export const InspectDatasetJobSchema = z.object({ ...base, kind: z.literal('inspect-dataset'), dataset: DatasetLocationSchema });
export type InspectDatasetJob = z.infer<typeof InspectDatasetJobSchema>;

export const JobSchema = z.discriminatedUnion('kind', [
  TrainJobSchema,
  AnalyseJobSchema,
  PruneJobSchema,
  EvaluateJobSchema,
  InspectDatasetJobSchema,
]);
export type Job = z.infer<typeof JobSchema>;
export type JobKind = Job['kind'];
