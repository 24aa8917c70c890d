import { EspalierError } from '@espalier/core';
import type { UnsupportedLayer } from './graph.ts';

/** `UNSUPPORTED_LAYER` for a whole network: the message is that of the first layer and names the others, `layers` has them all. */
export class UnsupportedLayers extends EspalierError {
  constructor(
    readonly layers: readonly UnsupportedLayer[],
    options: { readonly hint?: string; readonly path: readonly (string | number)[]; readonly cause?: unknown },
  ) {
    const [first, ...others] = layers;
    const message = first?.reason ?? 'nothing is unsupported';
    super('UNSUPPORTED_LAYER', others.length === 0 ? message : `${message} (and so ${namesOf(others)})`, options);
  }
}

const mostNames = 8;

function namesOf(layers: readonly UnsupportedLayer[]): string {
  const names = layers.slice(0, mostNames).map(({ layer, type }) => `${layer} (${type})`);
  return layers.length > mostNames ? `${names.join(', ')} and ${layers.length - mostNames} more` : names.join(', ');
}
