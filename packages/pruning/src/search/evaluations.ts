import { z } from 'zod';

/** A point of a search: one integer for each thing that is searched for. */
export type Genome = readonly number[];

export const GenomeSchema = z.array(z.number().int());

/**
 * What is known of genomes, by their text. Fitness is higher for better; null is for one that could not be evaluated (or whose fitness was not a
 * number), which is worse than every other. A genome is evaluated once, however often the search comes back to it.
 */
export const FitnessesSchema = z.record(z.string(), z.number().nullable());
export type Fitnesses = z.infer<typeof FitnessesSchema>;

/** The answer to one candidate. */
export interface Evaluation {
  readonly genome: Genome;
  /** NaN, ±∞ and null all mean: worse than any number. */
  readonly fitness: number | null;
}

export const genomeKey = (genome: Genome): string => genome.join(',');

/** The different genomes of a generation that have no fitness yet, in its order. */
export function unevaluated(generation: readonly Genome[], known: Fitnesses): Genome[] {
  const asked = new Set(Object.keys(known));
  return generation.filter((genome) => {
    const key = genomeKey(genome);
    if (asked.has(key)) return false;
    asked.add(key);
    return true;
  });
}

/** `known` with these evaluations. Of two for one genome the first counts, so that a job that ran twice changes nothing. */
export function withEvaluations(known: Fitnesses, evaluations: readonly Evaluation[]): Fitnesses {
  const all = { ...known };
  for (const { genome, fitness } of evaluations) {
    const key = genomeKey(genome);
    if (!(key in all)) all[key] = fitness !== null && Number.isFinite(fitness) ? fitness : null;
  }
  // In the order of the genomes, so that a stored state does not tell in which order they arrived.
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The fitness to compare by. */
export const fitnessOf = (genome: Genome, known: Fitnesses): number => known[genomeKey(genome)] ?? -Infinity;

/** The best of some genomes, of equals the first. */
export function bestOf(genomes: readonly Genome[], known: Fitnesses): { genome: Genome; fitness: number | null } {
  const genome = genomes.reduce((best, one) => (fitnessOf(one, known) > fitnessOf(best, known) ? one : best));
  return { genome, fitness: known[genomeKey(genome)] ?? null };
}

/** The lowest and the highest value of one gene. */
export interface GeneRange {
  readonly least: number;
  readonly most: number;
}

export const GeneRangeSchema = z.strictObject({ least: z.number().int(), most: z.number().int() });

export const clampTo = ({ least, most }: GeneRange, value: number): number => Math.min(most, Math.max(least, value));

export function checkRanges(ranges: readonly GeneRange[]): void {
  ranges.forEach(({ least, most }, gene) => {
    if (!Number.isInteger(least) || !Number.isInteger(most) || least > most)
      throw new RangeError(`gene ${gene} must range over whole numbers from least to most, but got ${least} … ${most}`);
  });
}

/**
 * A search that can stop between any two evaluations and go on elsewhere. Its state is plain JSON; the same seed gives the same search whatever the
 * order in which fitnesses arrive, because nothing is decided until a whole generation is known.
 */
export interface Search<Settings, State> {
  start(settings: Settings, seed: number): State;
  /** What has to be evaluated before the search can go on, each genome once, independent of one another; empty when it is finished. */
  candidates(state: State): Genome[];
  /** The search with these fitnesses, which may come in any order and any portions. */
  tell(state: State, evaluations: readonly Evaluation[]): State;
  /** The best so far, of equals the earliest; a fitness of null where nothing was evaluated or nothing could be. */
  best(state: State): { readonly genome: Genome; readonly fitness: number | null };
}
