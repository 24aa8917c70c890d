import { describe, expect, it } from 'vitest';
import { badInput } from './errors.ts';
import { RecipeSchema, type RecipeInput } from './recipe.ts';
import { stagesOf } from './run.ts';

const compression = (changes: object = {}): RecipeInput => ({
  kind: 'compression',
  method: { name: 'exp' },
  target: { measure: 'macs', reductionRatio: 0.5 },
  retraining: { epochs: 3, learningRate: 0.02 },
  ...changes,
});

describe('a recipe', () => {
  it('has every default written out once it is parsed, and parses to itself again', () => {
    const recipe = RecipeSchema.parse(compression());
    expect(recipe).toMatchObject({ seed: 1, pool: 'default', rounds: 1, minimumChannels: 1, distillation: { temperature: 4, alpha: 0.5 } });
    expect(recipe).toMatchObject({ retraining: { batchSize: 128, momentum: 0.9, schedule: { name: 'cosine', warmupEpochs: 0 } } });
    expect(RecipeSchema.parse(recipe)).toEqual(recipe);
  });

  it.each([
    ['a target of nothing', { target: { measure: 'macs', reductionRatio: 0 } }, 'target.reductionRatio'],
    ['a target of everything', { target: { measure: 'macs', reductionRatio: 1 } }, 'target.reductionRatio'],
    ['a misspelt setting', { retrainig: {} }, 'retrainig'],
    ['half an epoch', { retraining: { epochs: 0.5, learningRate: 0.1 } }, 'retraining.epochs'],
    ['a pool with a space', { pool: 'big gpu' }, 'pool'],
  ])('refuses %s and names the field', (_case, changes, field) => {
    const parsed = RecipeSchema.safeParse(compression(changes));
    expect(parsed.success).toBe(false);
    expect(badInput('BAD_RECIPE', 'The recipe', parsed.error!).message).toContain(field);
  });
});

describe('the stages of a recipe', () => {
  it('are train, evaluate, register for a training', () => {
    const recipe = RecipeSchema.parse({ kind: 'training', training: { epochs: 1, learningRate: 0.1 } });
    expect(stagesOf(recipe).map(({ name, round }) => `${name}/${round}`)).toEqual(['train/0', 'evaluate/0', 'register/0']);
  });

  it('repeat analyse, prune, retrain for each round of a compression', () => {
    const stages = stagesOf(RecipeSchema.parse(compression({ rounds: 2 })));
    expect(stages.map(({ name, round }) => `${name}/${round}`)).toEqual([
      'analyse/1',
      'prune/1',
      'retrain/1',
      'analyse/2',
      'prune/2',
      'retrain/2',
      'evaluate/0',
      'register/0',
    ]);
  });
});
