import { EspalierError } from '@espalier/core';

/** A network that contradicts itself, with the layer that shows it. */
export function badNetwork(
  layer: string,
  message: string,
  hint = 'Export the network again, or mend this layer in its topology.',
): EspalierError {
  return new EspalierError('BAD_NETWORK', `layer ${layer}: ${message}`, { hint, path: ['layers', layer] });
}

/** A layer, or a setting of one, whose meaning is not known here. Guessing it would make a wrong network. */
export function unsupportedLayer(layer: string, message: string, hint: string): EspalierError {
  return new EspalierError('UNSUPPORTED_LAYER', `layer ${layer}: ${message}`, { hint, path: ['layers', layer] });
}
