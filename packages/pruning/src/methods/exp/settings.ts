import { z } from 'zod';

export const ExpSettingsSchema = z.strictObject({
  levels: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(13)
    .describe('N of the paper: the number of value bins between the two asymptotes of the logistic curve. The authors use 13.'),
  scale: z
    .enum(['largest-magnitude', 'signed-maximum'])
    .default('largest-magnitude')
    .describe(
      'What Ψ is divided by. `largest-magnitude` keeps the signs apart whatever they are; `signed-maximum` is what the authors’ code does, which turns all signs around where every Ψ is negative.',
    ),
  bias: z
    .boolean()
    .default(true)
    .describe(
      'Whether a filter’s bias counts into its Ψ. In the authors’ code it does when filters are visited by |γ| (way A), and does not otherwise (way B).',
    ),
  sampling: z
    .enum(['uniform', 'bn-weighted'])
    .default('uniform')
    .describe(
      'Which look-alikes survive: any with the same chance (way B of the authors’ code), or the likelier the larger |γ| of their batch normalisation (an echo of way A, which visits filters by ascending |γ|).',
    ),
});
export type ExpSettings = z.output<typeof ExpSettingsSchema>;
