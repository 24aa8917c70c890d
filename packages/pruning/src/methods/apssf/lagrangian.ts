import type { WidthBudget } from '../../method.ts';
import type { Dendrogram } from './dendrogram.ts';
import { widthsAtThreshold } from './threshold.ts';

/** Stops once the share that is kept is this near to the share that is asked for. */
const tolerance = 1e-4;
const mostRounds = 50;

/**
 * The threshold by an augmented Lagrangian: minimise D(t) + λ·g(t) + μ/2·g(t)² over the candidates, then λ ← λ + μ·g and μ ← 1.5·μ, from λ = 0 and
 * μ = 10. D is the share of the distortion that lies within clusters, g the share of the cost that is kept beyond what the target allows.
 *
 * Where no threshold comes within the tolerance the rounds end on one side or the other of the target; the answer is then the nearest that meets it.
 */
export function thresholdByLagrangian(
  dendrograms: readonly Dendrogram[],
  candidates: readonly number[],
  budget: WidthBudget,
): number | null {
  const index = minimiser(dendrograms, candidates, budget);
  const widthsAt = (candidate: number) => widthsAtThreshold(dendrograms, candidates[candidate]!, budget);
  let nearest = index;
  while (nearest < candidates.length && !budget.isMet(widthsAt(nearest))) nearest++;
  while (nearest > 0 && nearest < candidates.length && budget.isMet(widthsAt(nearest - 1))) nearest--;
  return nearest < candidates.length ? candidates[nearest]! : null;
}

/** The candidate on which the rounds end. */
export function minimiser(dendrograms: readonly Dendrogram[], candidates: readonly number[], budget: WidthBudget): number {
  const distortions = distortionShares(dendrograms, candidates);
  const excess = candidates.map(
    (threshold) => budget.target.reductionRatio - budget.reachedRatio(widthsAtThreshold(dendrograms, threshold, budget)),
  );
  let multiplier = 0;
  let penalty = 10;
  let best = 0;
  for (let round = 0; round < mostRounds; round++) {
    const value = (candidate: number): number =>
      distortions[candidate]! + multiplier * excess[candidate]! + (penalty / 2) * excess[candidate]! ** 2;
    best = 0;
    for (let candidate = 1; candidate < candidates.length; candidate++) if (value(candidate) < value(best)) best = candidate;
    if (Math.abs(excess[best]!) <= tolerance) break;
    multiplier += penalty * excess[best]!;
    penalty *= 1.5;
  }
  return best;
}

/** For each candidate the mean over groups of the distortion within clusters over that of the whole group. */
function distortionShares(dendrograms: readonly Dendrogram[], candidates: readonly number[]): number[] {
  const shares = candidates.map(() => 0);
  for (const { distances, merges, unit } of dendrograms) {
    const within = distortionAfterMerges(distances.count, distances.values, merges);
    const total = within[within.length - 1]!;
    if (total === 0) continue;
    let done = 0;
    candidates.forEach((threshold, candidate) => {
      while (done < merges.length && merges[done]!.height <= threshold * unit + 1e-12) done++;
      shares[candidate]! += within[done]! / total / dendrograms.length;
    });
  }
  return shares;
}

/** Σ over clusters of Σ_{i<j} d² / n, which is the squared distance to the centroid summed over points, after 0, 1, … merges. */
function distortionAfterMerges(count: number, distances: Float64Array, merges: Dendrogram['merges']): number[] {
  const members = Array.from({ length: count }, (_, point) => [point]);
  const pairSums = new Float64Array(count);
  const after = [0];
  for (const { first, second } of merges) {
    let across = 0;
    for (const i of members[first]!) for (const j of members[second]!) across += distances[i * count + j]! ** 2;
    const share = (cluster: number) => pairSums[cluster]! / members[cluster]!.length;
    const before = share(first) + share(second);
    pairSums[first]! += pairSums[second]! + across;
    members[first]!.push(...members[second]!);
    after.push(after[after.length - 1]! + share(first) - before);
  }
  return after;
}
