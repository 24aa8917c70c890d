import type { Target } from '@espalier/core';

/**
 * The target of one of `rounds` equal rounds. Each round removes the same share s of what the one before has left, so that after all of
 * them (1 − s)^rounds = 1 − R of the original remains: s = 1 − (1 − R)^(1/rounds).
 */
export function targetOfRound(target: Target, rounds: number): Target {
  if (rounds === 1) return target;
  return { measure: target.measure, reductionRatio: 1 - (1 - target.reductionRatio) ** (1 / rounds) };
}
