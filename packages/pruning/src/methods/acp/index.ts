import { FitnessSettingsSchema } from '@espalier/core';
import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { mapCollector } from '../../observation/collectors/channel-maps.ts';
import { meanMap } from '../../observation/collectors/mean-map.ts';
import { makers, rawTaps } from '../../observation/taps.ts';
import { chooseByMapClusters } from '../map-clusters/choose.ts';
import { mapClusterSettings } from '../map-clusters/settings.ts';
import { clusteredWidths } from '../map-clusters/widths.ts';
import { accuracySearch, particleSwarm, ParticleSwarmStateSchema } from '../../search/index.ts';
import { acpSwarm } from './swarm.ts';

export const AcpSettingsSchema = z.strictObject({
  ...mapClusterSettings,
  scope: mapClusterSettings.scope.default('every-group'),
  survivors: mapClusterSettings.survivors.default('medoid'),
  images: mapClusterSettings.images.default(200),
  search: z
    .enum(['swarm', 'none'])
    .default('swarm')
    .describe(
      'Whether a particle swarm looks for better widths around the clustered ones, by measured accuracy (of detectors mean average precision), where a dataset is at hand.',
    ),
  particles: z.number().int().min(1).max(1000).default(10).describe('Particles of the swarm.'),
  cycles: z.number().int().min(0).max(1000).default(8).describe('Moves of the whole swarm.'),
  compatibility: z
    .enum(['clean', 'acp-code'])
    .default('clean')
    .describe(
      '`acp-code` moves as the authors’ code does: never the last gene, always the speeds of the first eight, and a width that would pass its most becomes one less.',
    ),
  fitness: FitnessSettingsSchema.default(FitnessSettingsSchema.parse({})).describe(
    'How particles are judged, on held-out training pictures. The authors train each for three epochs and measure on the test set, on ImageNet by the likeliest five (`topK: 5`); without epochs only the batch normalisations are measured anew.',
  ),
});
export type AcpSettings = z.output<typeof AcpSettingsSchema>;

/**
 * ACP: channels whose mean feature maps point the same way are clustered; how many clusters there are is where a search over widths starts. The search
 * (`swarm.ts`) is run by whoever can train candidates; without one the clustered widths are the widths.
 */
export const acp = defineMethod({
  name: 'acp',
  title: 'ACP: clustered feature maps and a particle swarm',
  paper:
    'Chang, Lu, Xue, Xu, Wei: Automatic channel pruning via clustering and swarm intelligence optimization for CNN. Applied Intelligence 52 (2022)',
  summary:
    'Clusters channels by the direction of their mean feature maps (DBSCAN); the number of clusters gives the widths from which a particle swarm searches.',
  observes: 'feature-maps',
  settings: AcpSettingsSchema,
  presets: {
    paper: {
      epsilon: 0.007,
      scope: 'inner',
      survivors: 'random',
      compatibility: 'acp-code',
      fitness: { epochs: 3, learningRate: 0.1, batchSize: 64 },
    },
    recommended: {},
  },
  widths: (observation, { settings, budget }) => clusteredWidths(observation, settings, budget),
  search: (observation, { settings, budget }) => {
    if (settings.search === 'none') return null;
    const { particles, cycles, compatibility, fitness } = settings;
    const swarm = acpSwarm(observation, settings, budget);
    return accuracySearch(
      particleSwarm,
      { ...swarm.settings, particles, cycles, compatibility },
      { parse: (json) => ParticleSwarmStateSchema.parse(json), generation: ({ cycle }) => cycle },
      { name: 'particle swarm', fitness, meaning: (particle) => ({ widths: swarm.widthsOf(particle) }) },
    );
  },
  collect: ({ graph, groups }, { images }) => mapCollector(rawTaps(makers(groups, graph)), images, meanMap),
  choose: chooseByMapClusters,
});
