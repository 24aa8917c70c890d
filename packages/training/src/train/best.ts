import type { EarlyStop, Verdict } from '@espalier/core';
import type { BestNetwork, NamedValues } from '../checkpoint/format.ts';

/**
 * The best network after one more epoch. Better is what is judged higher by more than `minimumImprovement`; what is as good came later, and the earlier
 * one stays.
 * @param weights of the network that was judged; kept as they are.
 */
export function bestAfter(
  best: BestNetwork | null,
  judged: { readonly step: number; readonly verdict: Verdict; readonly weights: readonly NamedValues[] },
  { minimumImprovement }: Pick<EarlyStop, 'minimumImprovement'>,
): BestNetwork {
  const isBetter = best === null || judged.verdict.value > best.verdict.value + minimumImprovement;
  return isBetter ? { ...judged, epochsSince: 0 } : { ...best, epochsSince: best.epochsSince + 1 };
}

export const isExhausted = (best: BestNetwork | null, { patience }: Pick<EarlyStop, 'patience'>): boolean =>
  best !== null && best.epochsSince >= patience;
