import { z } from 'zod';

/** How a candidate of a search by measured accuracy is judged. */
export const FitnessSettingsSchema = z.strictObject({
  /** Epochs of training on the training split before it is judged; 0 only measures its batch normalisations anew. */
  epochs: z.number().int().nonnegative().default(0),
  batchSize: z.number().int().positive().default(128),
  learningRate: z.number().positive().default(0.01),
  /** Training pictures for the batch normalisations, where nothing is trained. */
  recalibrationImages: z.number().int().positive().default(512),
  /** Held-out pictures that it is judged by. Never of the test split: a search that saw it would have chosen by it. */
  images: z.number().int().positive().default(1000),
  /** A picture counts as right where its class is among so many of the likeliest: 5 is what the papers search by on ImageNet. Of classifiers alone. */
  topK: z.number().int().positive().default(1),
});
export type FitnessSettings = z.infer<typeof FitnessSettingsSchema>;
