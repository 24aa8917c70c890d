import { z } from 'zod';
import { scopeSetting } from '../scope.ts';

export const ApssfSettingsSchema = z.strictObject({
  distance: z
    .enum(['marginals', 'spatial', 'frobenius'])
    .default('marginals')
    .describe(
      'What of two filters is compared: `marginals` their sums along each dimension of the tensor and, a little, every weight; `spatial` only the sums over input channels, position by position; `frobenius` every weight, as methods that flatten do. The paper’s text could not be had; this is our reading of its abstract.',
    ),
  frobeniusShare: z
    .number()
    .min(0)
    .max(10)
    .default(0.1)
    .describe(
      'γ: how much every single weight counts beside the marginals. At 0 filters that only swap weights between channels are the same.',
    ),
  scaleFree: z
    .boolean()
    .default(false)
    .describe('Whether filters are compared by direction alone, each divided by its norm, or by size too.'),
  scope: scopeSetting('global'),
  solver: z
    .enum(['bisection', 'augmented-lagrangian'])
    .default('bisection')
    .describe(
      'How the global threshold is found for the target. The paper has an augmented Lagrangian; the cost falls steadily with the threshold, so bisection finds the same in a fraction of the time.',
    ),
  survivors: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe(
      'How many filters of a cluster survive on average. 1 keeps the medoid of each cluster alone, so that clusters are as many as kept filters; with more there are fewer and wider clusters, and some filters of each are deleted.',
    ),
});
export type ApssfSettings = z.output<typeof ApssfSettingsSchema>;
