import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/folder.ts';
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

describe('a recipe that is not right', () => {
  const at = temporaryFolder();
  const recipe = (text: string): string => {
    writeFileSync(at('recipe.yaml'), text);
    return at('recipe.yaml');
  };

  it('is refused by its file, the unknown field and the place of that', async () => {
    const file = recipe('kind: training\ntraining: { epochs: 1, learningRate: 0.1, batchsize: 8 }');
    await expect(trainingRecipe(file, {})).rejects.toMatchObject({
      code: 'BAD_RECIPE',
      message: expect.stringMatching(/recipe \S+recipe\.yaml is not valid\. training: .*"batchsize"/) as string,
      hint: expect.stringContaining('spelt') as string,
    });
  });

  it.each([
    { wanted: 'training', found: 'compression', use: 'espalier compress', read: (file: string) => trainingRecipe(file, {}) },
    {
      wanted: 'compression',
      found: 'training',
      use: 'espalier train',
      read: (file: string) => compressionRecipe(file, {}, 'classification'),
    },
  ])('is refused as one of $found where $wanted is meant, whatever else it says', async ({ wanted, found, use, read }) => {
    await expect(read(recipe(`kind: ${found}\nother: 1`))).rejects.toMatchObject({
      message: expect.stringContaining(`is of kind ${found}, but a ${wanted} recipe is needed`) as string,
      hint: expect.stringContaining(use) as string,
    });
  });

  it.each(['- kind: training', 'training', '7'])('is refused where it is no mapping: %s', async (text) => {
    await expect(trainingRecipe(recipe(text), {})).rejects.toMatchObject({
      code: 'BAD_RECIPE',
      message: expect.stringContaining('no fields') as string,
    });
  });
});
