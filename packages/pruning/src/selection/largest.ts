/** The channels with the `keep` largest scores, ascending. Of equal scores the lower channel goes first; what is not a number goes before all. */
export function largestScores(scores: readonly number[], keep: number): number[] {
  const comparable = new Float64Array(scores.length);
  for (let channel = 0; channel < scores.length; channel++)
    comparable[channel] = Number.isNaN(scores[channel]!) ? -Infinity : scores[channel]!;
  // Numbers sort several times faster than channels by a comparison, and the least score that stays says the rest.
  const sorted = comparable.toSorted();
  const threshold = sorted[scores.length - keep] ?? Infinity;
  let equalsToKeep = 0;
  for (let rank = scores.length - keep; rank < scores.length && sorted[rank] === threshold; rank++) equalsToKeep += 1;
  const kept: number[] = [];
  for (let channel = scores.length - 1; channel >= 0; channel--) {
    const score = comparable[channel]!;
    if (score > threshold || (score === threshold && equalsToKeep-- > 0)) kept.push(channel);
  }
  return kept.reverse();
}
