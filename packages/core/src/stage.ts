import { createGenerator } from './random/generator.ts';
import type { StageKey } from './run.ts';

/**
 * The seed of one stage, drawn from the recipe's seed by purpose, in [0, 2³²). Stages get unrelated streams, and adding a round changes
 * none of the earlier ones. Whoever runs a recipe, a workflow or the command line, draws it here, so that both make the same bytes.
 */
export const seedOfStage = (recipeSeed: number, { name, round }: StageKey): number =>
  createGenerator(recipeSeed, 'stage', name, round).uint32();
