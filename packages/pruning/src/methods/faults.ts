import { EspalierError } from '@espalier/core';

/** Weights that are not finite have no score: a network that diverged. */
export const notFinite = (layer: string, channel: number): EspalierError =>
  new EspalierError('BAD_NETWORK', `layer ${layer}: the weights of channel ${channel} are not finite`, {
    hint: 'Go back to a checkpoint from before the training diverged.',
    path: ['layers', layer],
  });

/** A plan that would keep everything. */
export const nothingPruned = (method: string): EspalierError =>
  new EspalierError('NOTHING_PRUNED', `with these settings the method ${method} leaves every group whole`, {
    hint: 'Loosen its threshold, or leave that setting out so that the target decides.',
    path: ['method', 'settings'],
  });
