import { z } from 'zod';
import { DigestSchema } from './artifact.ts';

/** The layouts that `packages/datasets` reads. */
export const datasetFormats = ['idx', 'cifar10', 'cifar100', 'voc', 'image-folder'] as const;
export type DatasetFormat = (typeof datasetFormats)[number];

/** What a picture's example says: one class of the whole picture, or a box and a class for each object in it. */
export type DatasetKind = 'classification' | 'detection';
export const datasetKinds: Readonly<Record<DatasetFormat, DatasetKind>> = {
  idx: 'classification',
  cifar10: 'classification',
  cifar100: 'classification',
  voc: 'detection',
  'image-folder': 'classification',
};

export const splitNames = ['training', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Where a dataset lies, as a worker sees it, and what of it is looked at. */
export const DatasetLocationSchema = z.object({
  format: z.enum(datasetFormats),
  path: z.string().min(1),
  /** Height and width that pictures are brought to. Left out: their own where all have the same one, else what a network takes. */
  imageSize: z.number().int().min(1).max(4096).optional(),
  /** Which of CIFAR-100's two labels counts: one of 100 classes (left out: this one), or one of 20 superclasses. */
  labels: z.enum(['fine', 'coarse']).optional(),
});
export type DatasetLocation = z.infer<typeof DatasetLocationSchema>;

/**
 * What inspection found. `digest` is the SHA-256 over the sorted list of file names and file digests.
 * `shape` is [height, width, channels]; where pictures of a class each are `resized`, a network may take any square size, and it is the usual one. `samples` are PNG pictures as data URLs, a few of each class. For detection, `perClass` counts objects, and a
 * sample shows the object that its label is of.
 */
export const DatasetSummarySchema = z.object({
  digest: DigestSchema,
  shape: z.tuple([z.number().int().positive(), z.number().int().positive(), z.number().int().positive()]),
  resized: z.literal(true).optional(),
  classes: z.array(z.string()).min(1),
  splits: z.array(
    z.object({ name: z.enum(splitNames), examples: z.number().int().nonnegative(), perClass: z.array(z.number().int().nonnegative()) }),
  ),
  samples: z.array(z.object({ label: z.number().int().nonnegative(), dataUrl: z.string() })).default([]),
});
export type DatasetSummary = z.infer<typeof DatasetSummarySchema>;

type PictureShape = readonly [height: number, width: number, channels: number];

/**
 * The shape in which a dataset for classification shows its pictures to a network that takes pictures of `side` × `side`: those that are `resized` come in
 * that size, all others, and all to a network that takes no square (undefined), in the one that the dataset gives.
 */
export const shapeAt = (
  { shape, resized }: { readonly shape: PictureShape; readonly resized?: true | undefined },
  side: number | undefined,
): PictureShape => (side === undefined || resized !== true ? shape : [side, side, shape[2]]);
