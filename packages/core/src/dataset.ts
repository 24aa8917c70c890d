import { z } from 'zod';
import { DigestSchema } from './artifact.ts';

/** The layouts that `packages/datasets` reads. */
export const datasetFormats = ['idx'] as const;
export type DatasetFormat = (typeof datasetFormats)[number];

export const splitNames = ['training', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Where a dataset lies, as a worker sees it. */
export const DatasetLocationSchema = z.object({ format: z.enum(datasetFormats), path: z.string().min(1) });
export type DatasetLocation = z.infer<typeof DatasetLocationSchema>;

/**
 * What inspection found. `digest` is the SHA-256 over the sorted list of file names and file digests.
 * `shape` is [height, width, channels]. `samples` are PNG pictures as data URLs, a few of each class.
 */
export const DatasetSummarySchema = z.object({
  digest: DigestSchema,
  shape: z.tuple([z.number().int().positive(), z.number().int().positive(), z.number().int().positive()]),
  classes: z.array(z.string()).min(1),
  splits: z.array(
    z.object({ name: z.enum(splitNames), examples: z.number().int().nonnegative(), perClass: z.array(z.number().int().nonnegative()) }),
  ),
  samples: z.array(z.object({ label: z.number().int().nonnegative(), dataUrl: z.string() })).default([]),
});
export type DatasetSummary = z.infer<typeof DatasetSummarySchema>;
