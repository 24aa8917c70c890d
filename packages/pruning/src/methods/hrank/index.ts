import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { mapCollector } from '../../observation/collectors/channel-maps.ts';
import { mapRank } from '../../observation/collectors/rank.ts';
import { activatedTaps, makers } from '../../observation/taps.ts';
import { keepLargest } from '../by-score.ts';
import { meanStatistic } from '../by-statistic.ts';

const SettingsSchema = z.strictObject({
  images: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .describe(
      'Training pictures over which ranks are averaged. The authors take six batches of 128, and find that ranks hardly change between pictures.',
    ),
});

/** The channels whose maps, behind batch normalisation and activation, have the lowest mean rank go. */
export const hrank = defineMethod({
  name: 'hrank',
  title: 'HRank',
  paper: 'Lin, Ji, Wang, Zhang, Zhang, Tian, Shao: HRank: filter pruning using high-rank feature map. CVPR 2020',
  summary: 'Removes the channels whose feature maps have the lowest matrix rank, averaged over pictures.',
  observes: 'feature-maps',
  settings: SettingsSchema,
  presets: { paper: { images: 768 }, recommended: {} },
  collect: ({ graph, groups }, { images }) => mapCollector(activatedTaps(graph, makers(groups, graph)), images, mapRank),
  choose: (observation, context) => keepLargest(observation, context, meanStatistic),
});
