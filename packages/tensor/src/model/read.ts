import { type NetworkData, type Topology } from '@espalier/core';
import { type tf } from '../tf.ts';

/**
 * A model as plain data: the weights of `model` now, under `topology`.
 * Give the topology that the model was built from to have the very same JSON back; without it the model describes itself, with every default spelled out.
 */
export function readNetwork(model: tf.LayersModel, topology: Topology = describe(model)): NetworkData {
  const weights = model.weights.map((weight) => {
    const value = weight.read();
    return { name: weight.originalName, shape: [...value.shape], values: Float32Array.from(value.dataSync()) };
  });
  return { topology, weights };
}

function describe(model: tf.LayersModel): Topology {
  // TF.js types its JSON as `unknown`; it writes exactly the four fields of a Topology.
  return model.toJSON(undefined, false) as unknown as Topology;
}
