import type { FitnessSettings, MethodChoice } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { Evaluation, Genome, Search } from './evaluations.ts';

/** What a genome means for a plan: other widths than the target's, or the method with other settings. */
export interface GenomeMeaning {
  readonly widths?: GroupWidths;
  readonly method?: MethodChoice;
}

/**
 * A search whose fitness is the accuracy of the network cut as a genome says, on held-out pictures; of a detector its mean average precision. Whoever can run networks judges the candidates, in any
 * order and anywhere; the state between two evaluations is plain JSON.
 */
export interface AccuracySearch {
  /** The algorithm, for people. */
  readonly name: string;
  readonly fitness: FitnessSettings;
  start(seed: number): unknown;
  /** A state that was kept as JSON. Throws where it is none of this search. */
  restore(json: unknown): unknown;
  /** Generations that are behind it. */
  generation(state: unknown): number;
  candidates(state: unknown): Genome[];
  tell(state: unknown, evaluations: readonly Evaluation[]): unknown;
  best(state: unknown): { readonly genome: Genome; readonly fitness: number | null };
  meaning(genome: Genome): GenomeMeaning;
}

/** Binds an algorithm with its settings to what its genomes mean. */
export function accuracySearch<Settings, State>(
  algorithm: Search<Settings, State>,
  settings: Settings,
  { parse, generation }: { parse(json: unknown): State; generation(state: State): number },
  bound: Pick<AccuracySearch, 'name' | 'fitness' | 'meaning'>,
): AccuracySearch {
  // The state is opaque to whoever holds it; only what `start`, `restore` and `tell` gave comes back.
  const own = (state: unknown): State => state as State;
  return {
    ...bound,
    start: (seed) => algorithm.start(settings, seed),
    restore: parse,
    generation: (state) => generation(own(state)),
    candidates: (state) => algorithm.candidates(own(state)),
    tell: (state, evaluations) => algorithm.tell(own(state), evaluations),
    best: (state) => algorithm.best(own(state)),
  };
}
