import { EspalierError, type Topology, type Weight } from '@espalier/core';
import { checkWeights, type Graph, readGraph, UnsupportedLayers, unsupportedLayers } from '@espalier/network';
import { badArtifact } from './faults.ts';
import { firstNotFinite } from './layers-model/finite.ts';

/** Throws BAD_ARTIFACT, naming the weight and the place, for NaN and infinities. */
export function refuseNotFinite(name: string, values: Float32Array): void {
  const fault = firstNotFinite(values);
  if (fault === null) return;
  throw badArtifact(
    `weight ${name} holds ${values[fault]} at place ${fault}`,
    ['weights', name],
    'Export the network from a checkpoint without NaN.',
  );
}

/** `weights` if they are those of the topology. Throws BAD_ARTIFACT naming the weight, BAD_NETWORK naming the layer, and `UnsupportedLayers`. */
export function belongTogether(topology: Topology, weights: readonly Weight[]): readonly Weight[] {
  const graph = supportedGraph(topology);
  try {
    checkWeights(graph, weights);
  } catch (error) {
    if (error instanceof EspalierError) throw badArtifact(error.message, error.path, error.hint ?? '', error);
    throw error;
  }
  return weights;
}

/** As `readGraph`, but what is not supported is named all at once. */
export function supportedGraph(topology: Topology): Graph {
  try {
    return readGraph(topology);
  } catch (error) {
    if (!(error instanceof EspalierError) || error.code !== 'UNSUPPORTED_LAYER') throw error;
    const { hint, path } = error;
    throw new UnsupportedLayers(unsupportedLayers(topology), { hint, path, cause: error });
  }
}
