import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { keepLargest, meanNorm } from '../by-score.ts';

/** The filters with the smallest √Σw² go. */
export const l2 = defineMethod({
  name: 'l2',
  title: 'L2 norm',
  paper: 'He, Kang, Dong, Fu, Yang: Soft filter pruning for accelerating deep convolutional neural networks. IJCAI 2018',
  summary: 'Removes the filters whose weights have the smallest Euclidean norm.',
  observes: 'weights',
  settings: z.strictObject({}),
  presets: { paper: {}, recommended: {} },
  choose: (observation, context) => keepLargest(observation, context, (group) => meanNorm(group, 2)),
});
