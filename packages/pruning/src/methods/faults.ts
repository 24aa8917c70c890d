import { EspalierError } from '@espalier/core';

/** Weights that are not finite have no score: a network that diverged. */
export const notFinite = (layer: string, channel: number): EspalierError =>
  new EspalierError('BAD_NETWORK', `layer ${layer}: the weights of channel ${channel} are not finite`, {
    hint: 'Go back to a checkpoint from before the training diverged.',
    path: ['layers', layer],
  });
