import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { keepLargest, meanNorm } from '../by-score.ts';

/** The filters with the smallest Σ|w| go. */
export const l1 = defineMethod({
  name: 'l1',
  title: 'L1 norm',
  paper: 'Li, Kadav, Durdanovic, Samet, Graf: Pruning filters for efficient ConvNets. ICLR 2017',
  summary: 'Removes the filters whose weights have the smallest sum of magnitudes.',
  observes: 'weights',
  settings: z.strictObject({}),
  presets: { paper: {}, recommended: {} },
  choose: (observation, context) => keepLargest(observation, context, (group) => meanNorm(group, 1)),
});
