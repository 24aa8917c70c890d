import { z } from 'zod';
import { defineMethod } from '../../method.ts';
import { keepLargest } from '../by-score.ts';

/** Every channel has the same chance to stay: what any better idea has to beat. */
export const random = defineMethod({
  name: 'random',
  title: 'Random channels',
  paper: 'Mittal, Bhardwaj, Khapra, Ravindran: Recovering from random pruning. WACV 2018',
  summary: 'Removes channels at random.',
  observes: 'weights',
  settings: z.strictObject({}),
  presets: { paper: {}, recommended: {} },
  choose: (observation, context) =>
    keepLargest(observation, context, ({ id, channels }) => {
      const generator = context.generator(id);
      return Array.from({ length: channels }, () => generator.uniform());
    }),
});
