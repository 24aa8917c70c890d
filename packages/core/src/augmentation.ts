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

/** How scenes with boxes are shown in training, as SSD's paper does it (Liu et al. 2016, section 2.2): boxes go with the pixels. */
export const SceneAugmentationSchema = z.strictObject({
  /** Brightness, contrast, saturation and hue, each changed in half of the pictures (Howard 2013, with the strengths of SSD's code). */
  photometricDistortion: z.boolean().default(true),
  /** In half of the pictures the picture is laid on a larger ground in the mean colour, up to so many times as high and wide; 1 never does. */
  largestExpansion: z.number().min(1).max(16).default(4),
  /** Crops that overlap an object by a random minimum of 0.1 to 0.9, or by any. */
  overlapCrop: z.boolean().default(true),
  horizontalFlip: z.boolean().default(true),
});
export type SceneAugmentation = z.infer<typeof SceneAugmentationSchema>;
