import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { mapCollector } from '../../observation/collectors/channel-maps.ts';
import { meanMap } from '../../observation/collectors/mean-map.ts';
import { makers, rawTaps } from '../../observation/taps.ts';
import { chooseByMapClusters } from '../map-clusters/choose.ts';
import { mapClusterSettings } from '../map-clusters/settings.ts';
import { clusteredWidths } from '../map-clusters/widths.ts';

export const AcpSettingsSchema = z.strictObject({
  ...mapClusterSettings,
  scope: mapClusterSettings.scope.default('every-group'),
  survivors: mapClusterSettings.survivors.default('medoid'),
  images: mapClusterSettings.images.default(200),
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
  presets: { paper: { epsilon: 0.007, scope: 'inner', survivors: 'random' }, recommended: {} },
  widths: (observation, { settings, budget }) => clusteredWidths(observation, settings, budget),
  collect: ({ graph, groups }, { images }) => mapCollector(rawTaps(makers(groups, graph)), images, meanMap),
  choose: chooseByMapClusters,
});
