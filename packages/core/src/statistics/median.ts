/** A median with an interval that holds the true median with a probability of at least 95 % (or as near as the count allows). */
export interface MedianEstimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of a sample, and the distribution-free 95 % interval of it: between the k-th smallest and the k-th largest value, for the
 * largest k at which a binomial(n, ½) falls below k with a probability of at most 2.5 % (David and Nagaraja, "Order Statistics", 7.1;
 * by the normal approximation k = ⌊(n − 1.96·√n) / 2⌋). It assumes nothing of the times' distribution, which is skewed.
 */
export function estimateMedian(values: readonly number[]): MedianEstimate {
  if (values.length === 0) throw new RangeError('a median needs at least one value');
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  const middle = count >> 1;
  const median = count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const rank = Math.max(1, Math.floor((count - 1.96 * Math.sqrt(count)) / 2));
  return { median, low: sorted[rank - 1]!, high: sorted[count - rank]! };
}
