import { z } from 'zod';

export const ExpSettingsSchema = z.strictObject({
  /** N of the paper: the number of value bins between the two asymptotes of the logistic curve. */
  levels: z.number().int().min(1).max(1000).default(13),
  /**
   * What Ψ is divided by. `largest-magnitude` keeps the signs apart whatever they are; `signed-maximum` is what the authors' code does, which
   * turns all signs around where every Ψ is negative.
   */
  scale: z.enum(['largest-magnitude', 'signed-maximum']).default('largest-magnitude'),
  /** Whether a filter's bias counts into its Ψ. */
  bias: z.boolean().default(true),
  /** Which look-alikes survive: any with the same chance, or the likelier the larger |γ| of their batch normalisation. */
  sampling: z.enum(['uniform', 'bn-weighted']).default('uniform'),
});
export type ExpSettings = z.output<typeof ExpSettingsSchema>;
