import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { gateGradients } from '../../observation/collectors/gate-gradients.ts';
import { keepLargest, widthsByThreshold } from '../by-score.ts';
import { meanStatistic } from '../by-statistic.ts';
import { scopeSetting } from '../scope.ts';

const SettingsSchema = z.strictObject({
  scope: scopeSetting('global'),
  power: z
    .enum(['squared', 'absolute'])
    .default('squared')
    .describe(
      'What becomes of a gate’s gradient in one batch: its square, as the paper has it, or its magnitude, which single batches sway less.',
    ),
  images: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1024)
    .describe('Training pictures whose gradients are gathered. The authors add them up over some 30 batches while they train on.'),
});

/** The channels whose removal changes the loss least, to first order, go. */
export const taylor = defineMethod({
  name: 'taylor',
  title: 'Taylor expansion',
  paper: 'Molchanov, Mallya, Tyree, Frosio, Kautz: Importance estimation for neural network pruning. CVPR 2019',
  summary: 'Removes the channels with the smallest squared gradient of the loss by a gate on the channel, by one threshold for all groups.',
  observes: 'gradients',
  settings: SettingsSchema,
  presets: { paper: { images: 3840 }, recommended: {} },
  widths: (observation, { settings, budget }) =>
    settings.scope === 'uniform' ? budget.uniform : widthsByThreshold(observation, budget, meanStatistic),
  collect: (subject, { images, power }) => gateGradients(subject, images, power),
  choose: (observation, context) => keepLargest(observation, context, meanStatistic),
});
