import { EspalierError, type Topology, type Weight } from '@espalier/core';
import { checkWeights, readGraph } from '@espalier/network';
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

/** `weights` if they are those of the topology. Throws BAD_ARTIFACT naming the weight, BAD_NETWORK or UNSUPPORTED_LAYER naming the layer. */
export function belongTogether(topology: Topology, weights: readonly Weight[]): readonly Weight[] {
  const graph = readGraph(topology);
  try {
    checkWeights(graph, weights);
  } catch (error) {
    if (error instanceof EspalierError) throw badArtifact(error.message, error.path, error.hint ?? '', error);
    throw error;
  }
  return weights;
}
