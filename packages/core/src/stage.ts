import { createGenerator } from './random/generator.ts';
import type { Target } from './recipe.ts';
import type { StageKey } from './run.ts';

/**
 * The seed of one stage, drawn from the recipe's seed by purpose, in [0, 2³²). Stages get unrelated streams, and adding a round changes
 * none of the earlier ones. Whoever runs a recipe, a workflow or the command line, draws it here, so that both make the same bytes.
 */
export const seedOfStage = (recipeSeed: number, { name, round }: StageKey): number =>
  createGenerator(recipeSeed, 'stage', name, round).uint32();

/**
 * The target of one of `rounds` equal rounds. Each round removes the same share s of what the one before has left, so that after all of
 * them (1 − s)^rounds = 1 − R of the original remains: s = 1 − (1 − R)^(1/rounds).
 */
export function targetOfRound(target: Target, rounds: number): Target {
  if (rounds === 1) return target;
  const shareOfRound = (share: number): number => 1 - (1 - share) ** (1 / rounds);
  const reductionRatio = shareOfRound(target.reductionRatio);
  if (target.measure !== 'channels') return { ...target, reductionRatio };
  const groups = Object.fromEntries(Object.entries(target.groups).map(([id, share]) => [id, shareOfRound(share)]));
  return { ...target, reductionRatio, groups };
}
