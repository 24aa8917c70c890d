import { EspalierError, type NetworkData } from '@espalier/core';
import { checkWeights, readGraph, weightSpecs } from '@espalier/network';
import { canonicalJson } from './canonical-json.ts';
import { firstNotFinite } from './finite.ts';

export const modelFile = 'model.json';
export const weightsFile = 'weights.bin';

/**
 * The files of a TF.js LayersModel as `tf.LayersModel.save` writes them: `model.json` and one `weights.bin`, little-endian float32 in the order
 * of the topology. The same network gives the same bytes, whatever the order of its weights and of the keys in its topology.
 * Throws BAD_NETWORK where weights and topology do not belong together or a weight is not finite.
 */
export function layersModelFiles({ topology, weights }: NetworkData): ReadonlyMap<string, Uint8Array> {
  const graph = readGraph(topology);
  checkWeights(graph, weights);
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const ordered = weightSpecs(graph).map(({ name }) => byName.get(name)!);
  const binary = new Uint8Array(ordered.reduce((bytes, { values }) => bytes + values.byteLength, 0));
  let offset = 0;
  for (const { name, values } of ordered) {
    const fault = firstNotFinite(values);
    if (fault !== null)
      throw new EspalierError('BAD_NETWORK', `weight ${name} holds ${values[fault]} at place ${fault}`, {
        hint: 'Go back to a checkpoint from before the training diverged.',
        path: ['weights', name],
      });
    binary.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  const model = {
    format: 'layers-model',
    generatedBy: 'Espalier',
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [{ paths: [weightsFile], weights: ordered.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) }],
  };
  return new Map([
    [modelFile, new TextEncoder().encode(canonicalJson(model))],
    [weightsFile, binary],
  ]);
}
