import { FitnessSettingsSchema } from '@espalier/core';
import { z } from 'zod';

export const McicpSettingsSchema = z.strictObject({
  normalisation: z
    .enum(['min-max', 'z-score'])
    .default('min-max')
    .describe(
      'How each of the three scores is brought to one scale within a group before clustering. The paper’s text could not be had; this is our reading.',
    ),
  maximumCentres: z
    .enum(['log2', 'half'])
    .default('log2')
    .describe(
      'The most centres the search may give a group of C channels: ⌊log₂ C⌋ + 1 (the fixed number of a sibling paper of the authors), or ⌊C/2⌋. `half` takes minutes for wide networks.',
    ),
  restarts: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe(
      'Fresh starts of K-means++, the best of which counts. `paper` has the usual 10; 3 find the same number of centres nearly always and cost a third.',
    ),
  quality: z
    .enum(['silhouette', 'calinski-harabasz'])
    .default('silhouette')
    .describe('What the search maximises, as a mean over groups, when no accuracy is measured: how well the clusters are set apart.'),
  search: z
    .enum(['quality', 'accuracy'])
    .default('quality')
    .describe(
      'What the evolution maximises: `quality` of the clusterings, which needs no pictures, or the measured `accuracy` of the network cut with these centres (of a detector its mean average precision).',
    ),
  fitness: FitnessSettingsSchema.default(FitnessSettingsSchema.parse({})).describe(
    'How `accuracy` is measured, on held-out training pictures.',
  ),
  mutation: z
    .enum(['rand/1', 'current-to-pbest/1'])
    .default('current-to-pbest/1')
    .describe('How differential evolution makes its mutants. The paper says only that its evolution is an improved one.'),
  adaptation: z
    .enum(['schedule', 'jDE'])
    .default('schedule')
    .describe('How the scale F and the crossover rate CR of the evolution change.'),
  populationSize: z.number().int().min(4).max(1000).default(20).describe('Individuals of the evolution.'),
  generations: z.number().int().min(0).max(10_000).default(30).describe('Generations of the evolution.'),
  thinning: z
    .enum(['one-by-one', 'at-once'])
    .default('one-by-one')
    .describe('Whether crowding distances are worked out anew after each channel that goes, or once for all.'),
  centres: z
    .record(z.string(), z.number().int().min(1))
    .optional()
    .describe(
      'The number of centres by group, where a search by measured accuracy has found them; groups that are not named are searched by `quality`.',
    ),
});
export type McicpSettings = z.output<typeof McicpSettingsSchema>;
