import type { DatasetKind, FitnessSettings, MetricPoint } from '@espalier/core';

export type Genome = readonly number[];

/** A search whose state is plain JSON, asked for candidates and told their fitness until it has none left. */
export interface SteppedSearch {
  readonly name: string;
  readonly fitness: FitnessSettings;
  start(seed: number): unknown;
  restore(json: unknown): unknown;
  generation(state: unknown): number;
  candidates(state: unknown): readonly Genome[];
  tell(state: unknown, evaluations: readonly { readonly genome: Genome; readonly fitness: number | null }[]): unknown;
  best(state: unknown): { readonly genome: Genome; readonly fitness: number | null };
}

/** How far a search has come: plain JSON, whoever keeps it. */
export interface SearchRecord {
  /** Candidates that have been judged. */
  readonly evaluations: number;
  readonly state: unknown;
}

/** What a step of a search has to tell those who watch. */
export interface SearchStep {
  readonly record: SearchRecord;
  readonly points: readonly MetricPoint[];
  readonly lines: readonly string[];
}

/** In the plan's provenance, as `measure` has it in verdicts, and for people. */
export interface FitnessMeasure {
  readonly measure: string;
  text(fitness: number): string;
}

/** What the fitness of a candidate is, by what its network is to do. */
export function fitnessMeasure(kind: DatasetKind, { topK }: FitnessSettings): FitnessMeasure {
  if (kind === 'classification')
    return topK === 1
      ? { measure: 'accuracy', text: (fitness) => `${asPercent(fitness)} on held-out pictures` }
      : { measure: `top-${topK}-accuracy`, text: (fitness) => `a top-${topK} accuracy of ${asPercent(fitness)} on held-out pictures` };
  return {
    measure: 'mean-average-precision',
    text: (fitness) => `a mean average precision (11 points) of ${asPercent(fitness)} on held-out pictures`,
  };
}

const asPercent = (share: number): string => `${(100 * share).toFixed(2)} %`;

export const phaseOf = (algorithm: string, generation: number): string => `searching by ${algorithm}, generation ${generation}`;

/**
 * Tells a search the fitness of the first of its open candidates, in their order. Told one by one or a generation at a time, the search takes the same way
 * and draws the same curve: a fitness has its place by its candidate, whenever it was found.
 * @param kind what the dataset is for, and so what a fitness is. @param series prefix of the curves.
 */
export function tellInOrder(
  search: SteppedSearch,
  record: SearchRecord,
  fitnesses: readonly number[],
  { kind, series }: { readonly kind: DatasetKind; readonly series: string },
): SearchStep {
  const open = search.candidates(record.state);
  if (fitnesses.length > open.length) throw new RangeError(`${fitnesses.length} fitnesses for ${open.length} candidates`);
  const points: MetricPoint[] = [];
  const lines: string[] = [];
  let { evaluations, state } = record;
  fitnesses.forEach((fitness, index) => {
    const before = search.generation(state);
    state = search.tell(state, [{ genome: open[index]!, fitness }]);
    evaluations++;
    const best = search.best(state).fitness;
    points.push(fitnessPoint(series, evaluations, fitness));
    if (best === null) return;
    points.push({ series: `${series}/best-fitness`, step: evaluations, value: best });
    if (search.generation(state) !== before || search.candidates(state).length === 0)
      lines.push(`${search.name}: generation ${before} of the search ends with ${fitnessMeasure(kind, search.fitness).text(best)}`);
  });
  return { record: { evaluations, state }, points, lines };
}

/** @param evaluation counted from 1, over the whole search. */
export const fitnessPoint = (series: string, evaluation: number, fitness: number): MetricPoint => ({
  series: `${series}/fitness`,
  step: evaluation,
  value: fitness,
});

export const seriesOfSearch = (round: number): string => `search/${round}`;
