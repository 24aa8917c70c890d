import { z } from 'zod';
import { defineMethod } from '../../method.ts';

/** The first channels of every group stay: the architecture made narrower, with no thought given to the weights. */
export const uniform = defineMethod({
  name: 'uniform',
  title: 'First channels',
  paper: 'Liu, Sun, Zhou, Huang, Darrell: Rethinking the value of network pruning. ICLR 2019',
  summary: 'Keeps the first channels of every group, whatever their weights.',
  observes: 'weights',
  settings: z.strictObject({}),
  presets: { paper: {}, recommended: {} },
  choose: ({ groups }, { widths }) =>
    Object.fromEntries(
      groups.map(({ id, channels }) => [id, { keep: Array.from({ length: widths[id] ?? channels }, (_, channel) => channel) }]),
    ),
});
