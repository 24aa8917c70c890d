import { EspalierError, type NetworkData } from '@espalier/core';
import { buildModel, variableOf, type tf } from '@espalier/tensor';

/** A network as a model that can be run, with the variable of each of its weights in the network's own order. */
export interface LoadedNetwork {
  readonly network: NetworkData;
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
}

export function loadNetwork(network: NetworkData): LoadedNetwork {
  const model = buildModel(network);
  const byName = new Map(model.weights.map((weight) => [weight.originalName, variableOf(weight)]));
  const variables = network.weights.map(({ name }) => {
    const variable = byName.get(name);
    if (variable === undefined) {
      throw new EspalierError('BAD_NETWORK', `no layer of the network has a weight ${name}`, { path: ['weights', name] });
    }
    return variable;
  });
  return { network, model, variables };
}

/** All that a network gives out for a batch of images [batch, height, width, channels], each output with the batch in front. */
export function outputsOf({ model }: LoadedNetwork, images: tf.Tensor, training: boolean): tf.Tensor[] {
  return [model.apply(images, { training })].flat() as tf.Tensor[];
}

/** The logits [batch, classes] of a classifier. */
export function logitsOf(network: LoadedNetwork, images: tf.Tensor, training: boolean): tf.Tensor2D {
  return outputsOf(network, images, training)[0] as tf.Tensor2D;
}

/** The same network with other values in its weights, given in the network's order. */
export function withValues({ topology, weights }: NetworkData, values: readonly Float32Array[]): NetworkData {
  return { topology, weights: weights.map(({ name, shape }, index) => ({ name, shape, values: values[index]! })) };
}
