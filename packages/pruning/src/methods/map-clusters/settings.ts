import { z } from 'zod';

/** Settings that ACP and ICP share: both cluster mean feature maps by DBSCAN. */
export const mapClusterSettings = {
  epsilon: z
    .number()
    .gt(0)
    .max(2)
    .nullable()
    .default(null)
    .describe(
      'ε of DBSCAN: channels whose mean maps are at most this cosine distance apart are neighbours. Null finds, for all groups together, the ε that meets the target; a number is what the authors set by hand, and decides the widths by itself, whatever the target.',
    ),
  minimumPoints: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe(
      'Neighbours, itself among them, that make a channel a core of a cluster. Groups with fewer channels are never pruned. The authors use 5.',
    ),
  scope: z
    .enum(['every-group', 'inner'])
    .describe(
      'Which groups are cut: every group that may be, or, as in the authors’ code, only those whose channels lead from one layer to one other, so that residual streams, what is concatenated and what several layers read stay whole.',
    ),
  survivors: z
    .enum(['medoid', 'l1', 'random'])
    .describe(
      'Who stays: `medoid` the most central channel of each cluster and every channel that is alike to no other; `l1` the filters with the largest Σ|w|; `random` any. The authors’ code takes only the number of clusters from the clustering, and then filters at random (ACP) or by L1 norm (ICP).',
    ),
  images: z.number().int().min(1).max(100_000).describe('Training pictures over which maps are averaged.'),
};

export interface MapClusterSettings {
  readonly epsilon: number | null;
  readonly minimumPoints: number;
  readonly scope: 'every-group' | 'inner';
  readonly survivors: 'medoid' | 'l1' | 'random';
  readonly images: number;
}
