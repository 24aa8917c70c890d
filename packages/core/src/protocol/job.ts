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
  distillation: z
    .object({
      teacherPath: z.string(),
      settings: DistillationSettingsSchema,
      /**
       * How much of what the teacher makes of the pictures may be kept in memory where no augmentation changes them; 0: it looks at them in every step. Not part of
       * a recipe, as it decides the time, and of the result a last bit at most.
       */
      memoryMiB: z.number().nonnegative().optional(),
    })
    .nullable(),
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
  /** Of this round; null where the rounds before it have removed all that was asked for. */
  target: TargetSchema.nullable(),
  minimumChannels: z.number().int().positive(),
  channelMultiple: z.number().int().positive(),
  round: z.number().int().positive(),
  /**
   * Who judges the candidates of a search by measured accuracy: left out or `here`, this job does, one after the other. `elsewhere`, it hands them out: it ends
   * with the `search` where it would otherwise go on with it, and is asked again with what `fitness` jobs found.
   */
  candidates: z.enum(['here', 'elsewhere']).optional(),
  /** What the search that was handed out has come to. */
  judged: z
    .object({
      searchPath: z.string(),
      /** What the first of these jobs saw of pictures; null for a method that looks at weights alone. */
      statisticsPath: z.string().nullable(),
      /** Of the search's candidates, in its order. */
      fitnesses: z.array(z.number().min(0).max(1)),
    })
    .optional(),
});
export type AnalyseJob = z.infer<typeof AnalyseJobSchema>;

/** Judges one candidate of a search that an `analyse` job has handed out: depends on the candidate alone, so it can be done anywhere and in any order. */
export const FitnessJobSchema = z.object({
  ...base,
  kind: z.literal('fitness'),
  networkPath: z.string(),
  dataset: DatasetLocationSchema,
  searchPath: z.string(),
  statisticsPath: z.string().nullable(),
  /** Which of the search's candidates, counted from 0. */
  candidate: z.number().int().nonnegative(),
});
export type FitnessJob = z.infer<typeof FitnessJobSchema>;

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
  /** The plans that led from the first of the networks to the last one, the first round first: the job then writes where every channel comes from. */
  planPaths: z.array(z.string()).min(1).optional(),
});
export type EvaluateJob = z.infer<typeof EvaluateJobSchema>;

/** Reads a dataset through once: digest, classes, counts, sample pictures. */
export const InspectDatasetJobSchema = z.object({ ...base, kind: z.literal('inspect-dataset'), dataset: DatasetLocationSchema });
export type InspectDatasetJob = z.infer<typeof InspectDatasetJobSchema>;

export const JobSchema = z.discriminatedUnion('kind', [
  TrainJobSchema,
  AnalyseJobSchema,
  FitnessJobSchema,
  PruneJobSchema,
  EvaluateJobSchema,
  InspectDatasetJobSchema,
]);
export type Job = z.infer<typeof JobSchema>;
export type JobKind = Job['kind'];
