import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { mapCollector } from '../../observation/collectors/channel-maps.ts';
import { meanMap } from '../../observation/collectors/mean-map.ts';
import { makers, rawTaps } from '../../observation/taps.ts';
import { chooseByMapClusters } from '../map-clusters/choose.ts';
import { mapClusterSettings } from '../map-clusters/settings.ts';
import { clusteredWidths } from '../map-clusters/widths.ts';

const SettingsSchema = z.strictObject({
  ...mapClusterSettings,
  scope: mapClusterSettings.scope.default('every-group'),
  survivors: mapClusterSettings.survivors.default('medoid'),
  images: mapClusterSettings.images.default(128),
});

/**
 * ICP: the clustering of ACP on the current network, again and again, with knowledge transfer in between. One plan is one pruning; the rounds of a recipe
 * and its distillation make the iteration.
 */
export const icp = defineMethod({
  name: 'icp',
  title: 'ICP: iterative clustering pruning',
  paper:
    'Chang, Lu, Xue, Xu, Wei: Iterative clustering pruning for convolutional neural networks. Knowledge-Based Systems 265:110386 (2023)',
  summary:
    'Clusters channels by the direction of their mean feature maps (DBSCAN), prunes, transfers knowledge from the original network, and starts over.',
  observes: 'feature-maps',
  settings: SettingsSchema,
  presets: { paper: { epsilon: 0.002, scope: 'inner', survivors: 'l1' }, recommended: {} },
  widths: (observation, { settings, budget }) => clusteredWidths(observation, settings, budget),
  collect: ({ graph, groups }, { images }) => mapCollector(rawTaps(makers(groups, graph)), images, meanMap),
  choose: chooseByMapClusters,
});
