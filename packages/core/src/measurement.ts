import { z } from 'zod';

/** Time of one forward pass: the median and a 95 % interval of the median, in milliseconds. */
export const LatencySchema = z.object({
  runtime: z.string(),
  batchSize: z.number().int().positive(),
  threads: z.number().int().positive(),
  samples: z.number().int().positive(),
  medianMs: z.number().nonnegative(),
  lowMs: z.number().nonnegative(),
  highMs: z.number().nonnegative(),
});
export type Latency = z.infer<typeof LatencySchema>;

/** What is known of every network that was measured on a split, whatever it does. `macs` counts one image, conv and dense, no bias. */
const measured = {
  split: z.enum(['training', 'validation', 'test']),
  examples: z.number().int().positive(),
  parameters: z.number().int().nonnegative(),
  macs: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  latency: LatencySchema.optional(),
};

const share = z.number().min(0).max(1);

/** A classifier on one split. `accuracy` is top-1, `loss` the mean cross-entropy. */
export const ClassificationMeasurementSchema = z.object({
  ...measured,
  accuracy: share,
  /** The share of examples whose class is among the five likeliest; only where there are more than five classes. */
  top5: share.optional(),
  loss: z.number(),
});
export type ClassificationMeasurement = z.infer<typeof ClassificationMeasurementSchema>;

/** Average precision by both of PASCAL VOC's definitions, which give different numbers and are never to be compared with each other. */
export const AveragePrecisionSchema = z.object({
  /** VOC 2007: the mean of the best precision at eleven recalls, 0, 0.1, …, 1. */
  voc07: share,
  /** VOC 2010 and later: the area under the curve of precision over recall, made falling. */
  area: share,
});
export type AveragePrecision = z.infer<typeof AveragePrecisionSchema>;

/** A detector on one split. An object is found at an overlap (intersection over union) of 0.5; difficult objects count neither way. */
export const DetectionMeasurementSchema = z.object({
  ...measured,
  /** The mean over the classes that have objects in the split. */
  meanAveragePrecision: AveragePrecisionSchema,
  /** In the order of the dataset's classes. `objects` are those that count; without any there is no average precision. */
  classes: z.array(
    z.object({ name: z.string(), objects: z.number().int().nonnegative(), averagePrecision: AveragePrecisionSchema.nullable() }),
  ),
});
export type DetectionMeasurement = z.infer<typeof DetectionMeasurementSchema>;

/** Everything measured of one network on one split: a classifier has an accuracy, a detector mean average precision, and neither has the other's. */
export const MeasurementSchema = z.union([ClassificationMeasurementSchema, DetectionMeasurementSchema]);
export type Measurement = z.infer<typeof MeasurementSchema>;

/**
 * How good a network is on what was held out. `value` is what networks are judged by, higher is better; it is told as the series
 * `validation-<measure>`, and `others` alike.
 */
export const VerdictSchema = z.object({
  /** Such as `accuracy`. */
  measure: z.string().min(1),
  value: z.number(),
  others: z.record(z.string(), z.number()).default({}),
});
export type Verdict = z.infer<typeof VerdictSchema>;

/** One layer's output channels before and after pruning, with the dependency group that decided them. */
export const LayerWidthSchema = z.object({
  layer: z.string(),
  type: z.string(),
  group: z.string().nullable(),
  before: z.number().int().positive(),
  after: z.number().int().positive(),
});
export type LayerWidth = z.infer<typeof LayerWidthSchema>;

/** One layer as a table shows it: `outputShape` without the batch, `macs` of one image. */
export const LayerSummarySchema = z.object({
  name: z.string(),
  type: z.string(),
  outputShape: z.array(z.number().int().positive()),
  parameters: z.number().int().nonnegative(),
  macs: z.number().int().nonnegative(),
});
export type LayerSummary = z.infer<typeof LayerSummarySchema>;
