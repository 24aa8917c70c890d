import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { mapCollector } from '../../observation/collectors/channel-maps.ts';
import { channelIndependence } from '../../observation/collectors/independence.ts';
import { activatedTaps, makers } from '../../observation/taps.ts';
import { keepLargest } from '../by-score.ts';
import { meanStatistic } from '../by-statistic.ts';

const SettingsSchema = z.strictObject({
  images: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(32)
    .describe(
      'Training pictures over which independence is averaged. The authors take a batch of 128 five times; a matrix is decomposed for every picture and layer.',
    ),
});

/** The channels whose maps, behind batch normalisation and activation, the other channels can best make up for go. */
export const chip = defineMethod({
  name: 'chip',
  title: 'CHIP: channel independence',
  paper: 'Sui, Yin, Xie, Phan, Zonouz, Yuan: CHIP: channel independence-based pruning for compact neural networks. NeurIPS 2021',
  summary: 'Removes the channels whose feature maps add least to the nuclear norm of all maps of their layer.',
  observes: 'feature-maps',
  settings: SettingsSchema,
  presets: { paper: { images: 640 }, recommended: {} },
  collect: ({ graph, groups }, { images }) => mapCollector(activatedTaps(graph, makers(groups, graph)), images, channelIndependence),
  choose: (observation, context) => keepLargest(observation, context, meanStatistic),
});
