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

/** Everything measured of one network on one split. `accuracy` is top-1, in [0, 1]. `macs` counts one image, conv and dense, no bias. */
export const MeasurementSchema = z.object({
  split: z.enum(['training', 'validation', 'test']),
  examples: z.number().int().positive(),
  accuracy: z.number().min(0).max(1),
  loss: z.number(),
  parameters: z.number().int().nonnegative(),
  macs: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  latency: LatencySchema.optional(),
});
export type Measurement = z.infer<typeof MeasurementSchema>;

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
