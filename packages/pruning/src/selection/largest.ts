/** The channels with the `keep` largest scores, ascending. Of equal scores the lower channel goes first. */
export function largestScores(scores: readonly number[], keep: number): number[] {
  const ascending = scores.map((_, channel) => channel).sort((a, b) => scores[a]! - scores[b]! || a - b);
  return ascending.slice(scores.length - keep).sort((a, b) => a - b);
}
