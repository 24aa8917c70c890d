/**
 * How many members each cluster keeps when `keep` of all stay: in proportion to its size, q_j = keep · n_j / n, and at least one of each.
 *
 * Every cluster gets max(1, ⌊q_j⌋). What is left over goes to the largest fractional parts; what was given too much (many small clusters) is
 * taken back from the clusters furthest above their share that have more than one. With fewer places than clusters the largest clusters get
 * one each. Ties go to the lower cluster.
 */
export function keepQuotas(sizes: readonly number[], keep: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!Number.isInteger(keep) || keep < 0 || keep > total) throw new RangeError(`cannot keep ${keep} of ${total} members`);
  if (keep < sizes.length) return largestFirst(sizes, keep);
  const shares = sizes.map((size) => (keep * size) / total);
  const quotas = shares.map((share) => Math.max(1, Math.floor(share)));
  let open = keep - quotas.reduce((sum, quota) => sum + quota, 0);
  for (; open > 0; open--) quotas[best(quotas, (quota, cluster) => (quota < sizes[cluster]! ? shares[cluster]! - quota : null))]! += 1;
  for (; open < 0; open++) quotas[best(quotas, (quota, cluster) => (quota > 1 ? quota - shares[cluster]! : null))]! -= 1;
  return quotas;
}

function largestFirst(sizes: readonly number[], keep: number): number[] {
  const order = sizes.map((_, cluster) => cluster).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const quotas = sizes.map(() => 0);
  for (const cluster of order.slice(0, keep)) quotas[cluster] = 1;
  return quotas;
}

/** The lowest cluster with the largest merit; null rules a cluster out. */
function best(quotas: readonly number[], merit: (quota: number, cluster: number) => number | null): number {
  let found = -1;
  let highest = -Infinity;
  quotas.forEach((quota, cluster) => {
    const value = merit(quota, cluster);
    if (value === null || value <= highest) return;
    found = cluster;
    highest = value;
  });
  if (found < 0) throw new RangeError('no cluster has room left');
  return found;
}
