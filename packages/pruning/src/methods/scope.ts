import { z } from 'zod';

/** The setting of methods whose scores can be compared within a group only, or over the whole network. */
export const scopeSetting = (recommended: 'global' | 'uniform') =>
  z
    .enum(['global', 'uniform'])
    .default(recommended)
    .describe(
      'Where scores are compared: `global` sets one threshold for the whole network, so that the scores decide the widths too; `uniform` keeps the same share of every group.',
    );
