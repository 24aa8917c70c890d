import { z } from 'zod';

/** Crops of random area and proportions, resized to the network's input (Szegedy et al. 2015): shares of the picture's area. */
export const RandomResizedCropSchema = z
  .strictObject({ minimumArea: z.number().gt(0).max(1).default(0.08), maximumArea: z.number().gt(0).max(1).default(1) })
  .refine(({ minimumArea, maximumArea }) => minimumArea <= maximumArea, { error: 'minimumArea is larger than maximumArea' });
export type RandomResizedCrop = z.infer<typeof RandomResizedCropSchema>;

/** How far colours are changed: a factor is drawn from 1 ± strength, the hue is turned by up to ± its strength of the circle. */
export const ColourJitterSchema = z.strictObject({
  brightness: z.number().min(0).max(1).default(0),
  contrast: z.number().min(0).max(1).default(0),
  saturation: z.number().min(0).max(1).default(0),
  hue: z.number().min(0).max(0.5).default(0),
});
export type ColourJitter = z.infer<typeof ColourJitterSchema>;

export const AugmentationSchema = z.strictObject({
  /** Pixels of zero padding on each side before a random crop back to the original size. */
  padCrop: z.number().int().min(0).max(16).default(0),
  horizontalFlip: z.boolean().default(false),
  // What came later is left out where it is not wanted: an older recipe stays the same to the byte, and so does its digest.
  randomResizedCrop: RandomResizedCropSchema.optional(),
  colourJitter: ColourJitterSchema.optional(),
});
