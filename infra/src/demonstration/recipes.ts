import type { RecipeInput } from '@espalier/core';

/**
 * What the first start shows: a ResNet-20 learns 8,000 handwritten digits, then loses at least half of its multiply-accumulates. The figures were
 * chosen so that both runs take few minutes on two cores and the small network is as right as the large one to within a point.
 */

export const trainingRecipe = {
  kind: 'training',
  seed: 1,
  training: {
    epochs: 3,
    batchSize: 64,
    learningRate: 0.05,
    weightDecay: 5e-4,
    schedule: { name: 'cosine', warmupEpochs: 0.5 },
    validationRatio: 0.05,
  },
} as const satisfies RecipeInput;

export const compressionRecipe = {
  kind: 'compression',
  seed: 1,
  method: { name: 'exp' },
  target: { measure: 'macs', reductionRatio: 0.5 },
  // A processor works on eight channels at a time: eleven of them take longer than sixteen, though they are fewer multiplications.
  channelMultiple: 8,
  retraining: {
    epochs: 3,
    batchSize: 64,
    learningRate: 0.05,
    weightDecay: 5e-4,
    schedule: { name: 'cosine', warmupEpochs: 0.25 },
    validationRatio: 0.05,
  },
  distillation: { temperature: 4, alpha: 0.5 },
} as const satisfies RecipeInput;
