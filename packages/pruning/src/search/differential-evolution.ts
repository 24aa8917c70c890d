import { createGenerator, type Generator, GeneratorStateSchema, restoreGenerator } from '@espalier/core';
import { z } from 'zod';
import { roundHalfToEven } from '../selection/rounding.ts';
import {
  bestOf,
  checkRanges,
  clampTo,
  FitnessesSchema,
  fitnessOf,
  type Genome,
  GenomeSchema,
  GeneRangeSchema,
  type Search,
  unevaluated,
  withEvaluations,
} from './evaluations.ts';

export const DifferentialEvolutionSettingsSchema = z.strictObject({
  /** Whole numbers a gene may take, both ends included. */
  ranges: z.array(GeneRangeSchema),
  populationSize: z.number().int().min(4).default(20),
  /** Generations after the first population. */
  generations: z.number().int().min(0).default(30),
  /** `rand/1`: x_r1 + F·(x_r2 − x_r3). `current-to-pbest/1` (Zhang, Sanderson 2009): x + F·(x_pbest − x) + F·(x_r1 − x_r2). */
  mutation: z.enum(['rand/1', 'current-to-pbest/1']).default('current-to-pbest/1'),
  /** p of pbest: one of this share of the population, the best of it. */
  bestShare: z.number().gt(0).max(1).default(0.2),
  /**
   * How the scale F and the crossover rate CR change. `schedule`: F from 0.9 down towards 0.4 and CR from 0.5 up towards 0.9, in equal steps. `jDE` (Brest et al. 2006):
   * each individual has its own, and a tenth of them draws new ones, F from 0.1 to 1 and CR from 0 to 1, which stay with a child that wins.
   */
  adaptation: z.enum(['schedule', 'jDE']).default('schedule'),
});
export type DifferentialEvolutionSettings = z.output<typeof DifferentialEvolutionSettingsSchema>;

const IndividualSchema = z.strictObject({ genome: GenomeSchema, scale: z.number(), crossoverRate: z.number() });
type Individual = z.infer<typeof IndividualSchema>;

/** A search at rest. Plain JSON: kept between generations, it goes on elsewhere as if nothing had been. */
export const DifferentialEvolutionStateSchema = z.strictObject({
  settings: DifferentialEvolutionSettingsSchema,
  /** 0 while the first population is being evaluated. */
  generation: z.number().int().nonnegative(),
  population: z.array(IndividualSchema),
  /** The children that challenge the population, one each; empty in generation 0. */
  children: z.array(IndividualSchema),
  fitnesses: FitnessesSchema,
  isFinished: z.boolean(),
  generator: GeneratorStateSchema,
});
export type DifferentialEvolutionState = z.infer<typeof DifferentialEvolutionStateSchema>;

/**
 * Differential evolution over whole numbers (Storn, Price 1997), with binomial crossover and one-to-one selection where a child wins ties. Mutants are
 * rounded (halves to even) and clamped. Where every gene has one value there is nothing to search, and the search is finished from the start.
 */
export const differentialEvolution: Search<z.input<typeof DifferentialEvolutionSettingsSchema>, DifferentialEvolutionState> = {
  start(settings, seed) {
    const complete = DifferentialEvolutionSettingsSchema.parse(settings);
    checkRanges(complete.ranges);
    const generator = createGenerator(seed, 'search', 'differential-evolution');
    const isFinished = complete.ranges.every(({ least, most }) => least === most);
    const population = Array.from({ length: isFinished ? 1 : complete.populationSize }, (): Individual => ({
      genome: complete.ranges.map(({ least, most }) => least + generator.integer(most - least + 1)),
      scale: 0.5,
      crossoverRate: 0.9,
    }));
    return { settings: complete, generation: 0, population, children: [], fitnesses: {}, isFinished, generator: generator.state() };
  },
  candidates,
  tell(state, evaluations) {
    let next: DifferentialEvolutionState = { ...state, fitnesses: withEvaluations(state.fitnesses, evaluations) };
    while (!next.isFinished && candidates(next).length === 0) next = nextGeneration(next);
    return next;
  },
  best: ({ population, fitnesses }) =>
    bestOf(
      population.map(({ genome }) => genome),
      fitnesses,
    ),
};

function candidates({ isFinished, children, population, fitnesses }: DifferentialEvolutionState): Genome[] {
  if (isFinished) return [];
  return unevaluated(
    (children.length > 0 ? children : population).map(({ genome }) => genome),
    fitnesses,
  );
}

function nextGeneration(state: DifferentialEvolutionState): DifferentialEvolutionState {
  const { settings, children, fitnesses } = state;
  const population = state.population.map((parent, index) => {
    const child = children[index];
    return child !== undefined && fitnessOf(child.genome, fitnesses) >= fitnessOf(parent.genome, fitnesses) ? child : parent;
  });
  if (state.generation === settings.generations) return { ...state, population, children: [], isFinished: true };
  const generator = restoreGenerator(state.generator);
  const byFitness = population
    .map((_, index) => index)
    .sort((a, b) => compare(fitnessOf(population[b]!.genome, fitnesses), fitnessOf(population[a]!.genome, fitnesses)) || a - b);
  const bred = population.map((_, index) => breed(population, index, byFitness, state, generator));
  return { ...state, population, children: bred, generation: state.generation + 1, generator: generator.state() };
}

function breed(
  population: readonly Individual[],
  index: number,
  byFitness: readonly number[],
  { settings, generation }: DifferentialEvolutionState,
  generator: Generator,
): Individual {
  const { ranges, mutation } = settings;
  const parent = population[index]!;
  const { scale, crossoverRate } = adapted(parent, settings, generation, generator);
  const [r1, r2, r3] = others(population.length, index, generator).map((other) => population[other]!.genome);
  const best = population[byFitness[generator.integer(bestCount(population.length, settings))]!]!.genome;
  const forced = generator.integer(Math.max(1, ranges.length));
  const genome = ranges.map((range, gene) => {
    const own = parent.genome[gene]!;
    // Drawn for every gene, taken or not, so that one gene's luck does not shift the next one's.
    const crosses = generator.uniform() < crossoverRate;
    if (!crosses && gene !== forced) return own;
    const mutant =
      mutation === 'rand/1'
        ? r1![gene]! + scale * (r2![gene]! - r3![gene]!)
        : own + scale * (best[gene]! - own) + scale * (r1![gene]! - r2![gene]!);
    return clampTo(range, roundHalfToEven(mutant));
  });
  return { genome, scale, crossoverRate };
}

const bestCount = (populationSize: number, { bestShare }: DifferentialEvolutionSettings): number =>
  Math.max(1, Math.round(bestShare * populationSize));

/** F and CR of a child. */
function adapted(
  parent: Individual,
  { adaptation, generations }: DifferentialEvolutionSettings,
  generation: number,
  generator: Generator,
): Pick<Individual, 'scale' | 'crossoverRate'> {
  if (adaptation === 'schedule') {
    const progress = generation / generations;
    return { scale: 0.9 - 0.5 * progress, crossoverRate: 0.5 + 0.4 * progress };
  }
  const renewed = 0.1;
  const scale = generator.uniform() < renewed ? 0.1 + 0.9 * generator.uniform() : parent.scale;
  const crossoverRate = generator.uniform() < renewed ? generator.uniform() : parent.crossoverRate;
  return { scale, crossoverRate };
}

/** Three different individuals, none of them `index`, in random order. */
function others(populationSize: number, index: number, generator: Generator): number[] {
  const drawn: number[] = [];
  while (drawn.length < 3) {
    const other = generator.integer(populationSize);
    if (other !== index && !drawn.includes(other)) drawn.push(other);
  }
  return drawn;
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
