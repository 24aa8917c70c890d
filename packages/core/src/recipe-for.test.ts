import { describe, expect, it } from 'vitest';
import { checkRecipeFor, withDefaultsFor } from './recipe-for.ts';
import { RecipeSchema } from './recipe.ts';

const compression = {
  kind: 'compression',
  method: { name: 'l1' },
  target: { measure: 'macs', reductionRatio: 0.5 },
  retraining: { epochs: 1, learningRate: 0.1 },
};
const distillation = { temperature: 2, alpha: 0.3 };

describe('a compression recipe', () => {
  it('of a classifier distils unless it says otherwise, of a detector it does not', () => {
    expect(RecipeSchema.parse(withDefaultsFor('classification', compression))).toMatchObject({ distillation: { temperature: 4 } });
    expect(RecipeSchema.parse(withDefaultsFor('detection', compression))).toMatchObject({ distillation: null });
  });

  it('keeps what it says, and is refused where that cannot be done', () => {
    const parsed = RecipeSchema.parse(withDefaultsFor('detection', { ...compression, distillation }));
    expect(parsed).toMatchObject({ distillation });
    expect(() => checkRecipeFor('classification', parsed)).not.toThrow();
    expect(() => checkRecipeFor('detection', parsed)).toThrow('a detector is not distilled');
    expect(() => checkRecipeFor('detection', { ...parsed, distillation: null } as typeof parsed)).not.toThrow();
  });

  it('that is none is left as it is, for the schema to refuse', () => {
    for (const written of [null, 'recipe', {}, { kind: 'training' }]) expect(withDefaultsFor('detection', written)).toBe(written);
  });
});
