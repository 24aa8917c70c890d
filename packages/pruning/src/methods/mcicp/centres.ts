import { differentialEvolution, type GeneRange } from '../../search/index.ts';
import type { GroupClusterings } from './clusterings.ts';
import type { McicpSettings } from './settings.ts';

export type EvolutionSettings = Pick<McicpSettings, 'centres' | 'mutation' | 'adaptation' | 'populationSize' | 'generations'>;

/** From one centre to the most that make sense; the settings may fix the number. */
export const centreRange = ({ id, mostCentres }: GroupClusterings, { centres }: EvolutionSettings): GeneRange => {
  const fixed = centres?.[id];
  return fixed === undefined
    ? { least: 1, most: mostCentres }
    : { least: Math.min(fixed, mostCentres), most: Math.min(fixed, mostCentres) };
};

/** The number of centres of every group: what the evolution found best by the mean quality of the clusterings. */
export function searchCentres(groups: readonly GroupClusterings[], settings: EvolutionSettings, seed: number): readonly number[] {
  const { mutation, adaptation, populationSize, generations } = settings;
  const ranges = groups.map((group) => centreRange(group, settings));
  let state = differentialEvolution.start({ ranges, mutation, adaptation, populationSize, generations }, seed);
  for (let open = differentialEvolution.candidates(state); open.length > 0; open = differentialEvolution.candidates(state))
    state = differentialEvolution.tell(
      state,
      open.map((genome) => ({
        genome,
        fitness: genome.reduce((sum, centres, gene) => sum + groups[gene]!.withCentres(centres).quality, 0) / groups.length,
      })),
    );
  return differentialEvolution.best(state).genome;
}
