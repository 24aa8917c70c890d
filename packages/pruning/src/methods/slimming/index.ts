import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { keepLargest, meanGamma, widthsByThreshold } from '../by-score.ts';
import { scopeSetting } from '../scope.ts';

const SettingsSchema = z.strictObject({ scope: scopeSetting('global') });

/**
 * The channels with the smallest |γ| of their batch normalisation go, by one threshold for the whole network. It is meant for networks that were
 * trained with a penalty λ‖γ‖₁. Groups without a batch normalisation have no γ: they stay whole under the global threshold, and keep their first
 * channels under uniform widths.
 */
export const slimming = defineMethod({
  name: 'slimming',
  title: 'Network slimming (BN-γ)',
  paper: 'Liu, Li, Shen, Huang, Yan, Zhang: Learning efficient convolutional networks through network slimming. ICCV 2017',
  summary: 'Removes the channels whose batch normalisation scales them least, by one threshold for all groups.',
  observes: 'weights',
  settings: SettingsSchema,
  presets: { paper: { scope: 'global' }, recommended: {} },
  widths: (observation, { settings, budget }) =>
    settings.scope === 'uniform' ? budget.uniform : widthsByThreshold(observation, budget, meanGamma, 'no batch normalisation'),
  choose: (observation, context) =>
    keepLargest(observation, context, (group) => meanGamma(group) ?? Array.from({ length: group.channels }, (_, channel) => -channel)),
});
