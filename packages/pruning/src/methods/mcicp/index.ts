import { createGenerator } from '@espalier/core';
import { type ChoiceContext, defineMethod, type GroupChoice } from '../../method.ts';
import type { GroupObservation, NetworkObservation } from '../../observation/observation.ts';
import { accuracySearch, differentialEvolution, DifferentialEvolutionStateSchema, type GeneRange } from '../../search/index.ts';
import { centreRange, searchCentres } from './centres.ts';
import { type GroupClusterings, groupClusterings } from './clusterings.ts';
import { crowdingScores, leastCrowded } from './select.ts';
import { type McicpSettings, McicpSettingsSchema } from './settings.ts';

/**
 * MCICP: what is known of a filter is its expectation, its variance and its direction; filters alike in these are clustered, and of each cluster
 * those stay that are least crowded. The paper's text could not be had, so this follows its abstract; every constant is ours.
 */
export const mcicp = defineMethod({
  name: 'mcicp',
  title: 'MCICP: multidimensional channel information',
  paper:
    'Sun, Chen, Wu, Li, Ma: A clustering pruning method based on multidimensional channel information. Neural Processing Letters (2024), after its abstract',
  summary:
    'Clusters filters by expectation, variance and direction, with numbers of centres found by differential evolution, and thins each cluster by crowding distance.',
  observes: 'weights',
  settings: McicpSettingsSchema,
  presets: { paper: { restarts: 10 }, recommended: {} },
  search: (observation, { settings, budget, seed, round }) => {
    if (settings.search === 'quality') return null;
    const { mutation, adaptation, populationSize, generations, fitness } = settings;
    const generator = (...purpose: readonly (string | number)[]) => createGenerator(seed, 'select', round, ...purpose);
    const ranges = mcicpCentreRanges(observation, { settings, widths: budget.uniform, generator });
    const centresOf = (genome: readonly number[]) => Object.fromEntries(observation.groups.map(({ id }, gene) => [id, genome[gene]!]));
    return accuracySearch(
      differentialEvolution,
      { ranges, mutation, adaptation, populationSize, generations },
      { parse: (json) => DifferentialEvolutionStateSchema.parse(json), generation: (state) => state.generation },
      {
        name: 'differential evolution',
        fitness,
        meaning: (genome) => ({ method: { name: 'mcicp', settings: { ...settings, centres: centresOf(genome) } } }),
      },
    );
  },
  choose: (observation, context) => {
    const groups = clusterings(observation, context);
    const centres = searchCentres(groups, context.settings, context.generator('centres').uint32());
    return Object.fromEntries(
      observation.groups.map((group, index) => [group.id, chooseInGroup(group, groups[index]!, centres[index]!, context)]),
    );
  },
});

/**
 * The genes of a search for centres by measured accuracy, group by group in the order of the observation: what it finds goes back into the setting
 * `centres`. Its fitness is the accuracy on held-out pictures of the network cut with these centres.
 */
export const mcicpCentreRanges = (observation: NetworkObservation, context: ChoiceContext<McicpSettings>): GeneRange[] =>
  clusterings(observation, context).map((group) => centreRange(group, context.settings));

const clusterings = ({ groups }: NetworkObservation, { settings, widths, generator }: ChoiceContext<McicpSettings>): GroupClusterings[] =>
  groups.map((group) =>
    groupClusterings(group, widths[group.id] ?? group.channels, settings, (centres) => generator(group.id, 'k-means', centres)),
  );

function chooseInGroup(
  group: GroupObservation,
  clusterings: GroupClusterings,
  centres: number,
  { settings: { thinning, quality: measure }, widths }: ChoiceContext<McicpSettings>,
): GroupChoice {
  const { living, dead, features } = clusterings;
  const keep = widths[group.id] ?? group.channels;
  const { labels, clusterCount, inertia, quality } = clusterings.withCentres(centres);
  // Asked for where two are equally crowded only.
  let norms: readonly Float64Array[] | undefined;
  const normOf = (point: number) => (norms ??= group.filterNorms(2)).reduce((sum, norm) => sum + norm[living[point]!]!, 0);
  const kept = leastCrowded({ features, labels, keep: Math.min(keep, living.length), thinning, normOf });
  const revived = dead.slice(0, Math.max(0, keep - living.length));
  const perChannel = (ofLiving: ArrayLike<number>, ofDead: number): number[] => {
    const all = Array<number>(group.channels).fill(ofDead);
    living.forEach((channel, point) => (all[channel] = ofLiving[point]!));
    return all;
  };
  return {
    keep: [...kept.map((point) => living[point]!), ...revived].sort((a, b) => a - b),
    scores: perChannel(crowdingScores(features, labels), 0),
    clusters: perChannel(labels, -1),
    clustering: { algorithm: 'k-means++', centres: clusterCount, inertia, [measure]: quality },
  };
}
