/** The channels with the `keep` largest scores, ascending. Of equal scores the lower channel goes first; what is not a number goes before all. */
export function largestScores(scores: readonly number[], keep: number): number[] {
  const comparable = Float64Array.from(scores, (score) => (Number.isNaN(score) ? -Infinity : score));
  // Numbers sort several times faster than channels by a comparison, and the least score that stays says the rest.
  const threshold = comparable.toSorted()[scores.length - keep] ?? Infinity;
  let equalsToKeep = keep - comparable.reduce((count, score) => (score > threshold ? count + 1 : count), 0);
  const kept: number[] = [];
  for (let channel = scores.length - 1; channel >= 0; channel--) {
    const score = comparable[channel]!;
    if (score > threshold || (score === threshold && equalsToKeep-- > 0)) kept.push(channel);
  }
  return kept.reverse();
}
