import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compressionRecipe, trainingRecipe } from './recipe-file.ts';

const documented = (name: string): string => fileURLToPath(new URL(`../../../docs/recipes/${name}`, import.meta.url));

describe('the recipes of the documentation', () => {
  it('can be read, and are for what they are named after', async () => {
    const { training } = await trainingRecipe(documented('detection-training.yaml'), {});
    const { retraining, distillation, target } = await compressionRecipe(documented('detection-compression.yaml'), {}, 'detection');
    // Retraining sees the scenes as training did, and holds out the same ones.
    expect(retraining.sceneAugmentation).toEqual(training.sceneAugmentation);
    expect(retraining.validationRatio).toBe(training.validationRatio);
    expect(distillation).toBeNull();
    expect(target).toMatchObject({ measure: 'parameters' });
    expect(target.reductionRatio).toBeGreaterThan(0.5);
  });

  it('are overridden by flags', async () => {
    const { seed, training } = await trainingRecipe(documented('detection-training.yaml'), { epochs: 2, seed: 5 });
    expect([seed, training.epochs]).toEqual([5, 2]);
  });
});
