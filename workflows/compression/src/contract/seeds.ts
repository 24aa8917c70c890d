import { createGenerator, type StageKey } from '@espalier/core';

/**
 * The seed of one job, drawn from the recipe's seed by purpose. Stages get unrelated streams, and adding a round changes none of the
 * earlier ones. In [0, 2³²).
 */
export const seedOfStage = (recipeSeed: number, { name, round }: StageKey): number =>
  createGenerator(recipeSeed, 'stage', name, round).uint32();
