import { EspalierError, type Digest, type SearchStanding } from '@espalier/core';
import type { AnalyseStage, FitnessStage, StageOutcome } from './stage-job.ts';

/**
 * A search between two generations: where it stands, and the artifacts by which it goes on. All that a workflow knows of it, and all that has to be handed
 * from one to the next.
 */
export interface OpenSearch {
  readonly standing: SearchStanding;
  readonly search: Digest;
  /** Gathered once, by the first analysis; null for a method that looks at weights alone. */
  readonly statistics: Digest | null;
}

/** The search that an analysis has left open, or null where it came to its plan. @param before the same search a generation earlier. */
export function openSearch({ outputs, search: standing }: StageOutcome, before: OpenSearch | null): OpenSearch | null {
  if (standing === undefined) return null;
  if (outputs.search === undefined) throw new EspalierError('INTERNAL', 'an analysis handed out a search without its state');
  return { standing, search: outputs.search.digest, statistics: before?.statistics ?? outputs.statistics?.digest ?? null };
}

/** The jobs of a generation, in the order of the search: independent of one another. */
export function candidatesOf(
  { seed, dataset, network }: AnalyseStage,
  { standing: { algorithm, generation, candidates }, search, statistics }: OpenSearch,
): FitnessStage[] {
  return candidates.map((genome, candidate) => ({
    kind: 'fitness',
    seed,
    dataset,
    network,
    search,
    statistics,
    algorithm,
    generation,
    candidate,
    genome,
  }));
}

/** The analysis that goes on with what was found. @param fitnesses of the generation's candidates, in their order. */
export const analysisAfter = (job: AnalyseStage, { search, statistics }: OpenSearch, fitnesses: readonly number[]): AnalyseStage => ({
  ...job,
  judged: { search, statistics, fitnesses },
});
