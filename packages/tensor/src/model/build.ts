import { EspalierError, type NetworkData, type Weight } from '@espalier/core';
import { registerLayers } from '../layers/register.ts';
import { tf } from '../tf.ts';
import { toConstructorConfig } from './layer-config.ts';
import { withoutRepeatedInputs } from './repeated-inputs.ts';
import { variableOf } from './variables.ts';

/**
 * Makes a LayersModel of `network`: the layers from its topology, each weight set by name.
 * The caller disposes it.
 *
 * @throws EspalierError BAD_NETWORK for a topology that TF.js does not take, or weights that are missing, surplus or of another shape
 */
export function buildModel(network: NetworkData): tf.LayersModel {
  registerLayers();
  const { topology } = network;
  const model = construct(network);
  const weights = new Map(network.weights.map((weight) => [weight.name, weight]));
  if (weights.size !== network.weights.length)
    throw new EspalierError('BAD_NETWORK', `network ${topology.config.name} has two weights of the same name`);
  try {
    for (const layerWeight of model.weights) {
      const { originalName } = layerWeight;
      const weight = weights.get(originalName);
      if (weight === undefined) throw weightError(originalName, `has no values in network ${topology.config.name}`);
      assignWeight(variableOf(layerWeight), weight);
      weights.delete(originalName);
    }
    for (const surplus of weights.keys()) throw weightError(surplus, `belongs to no layer of network ${topology.config.name}`);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

function construct({ topology }: NetworkData): tf.LayersModel {
  try {
    const config = toConstructorConfig(withoutRepeatedInputs(topology.config)) as tf.serialization.ConfigDict;
    // The last argument fills fresh weights with zeros: drawing them would be thrown away, and takes seconds for a VGG-16.
    return tf.LayersModel.fromConfig(tf.LayersModel as never, config, {}, true) as tf.LayersModel;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EspalierError('BAD_NETWORK', `network ${topology.config.name} does not build: ${reason}`, { cause: error });
  }
}

function assignWeight(variable: tf.Variable, { name, shape, values }: Weight): void {
  if (!tf.util.arraysEqual([...shape], variable.shape))
    throw weightError(name, `has shape [${shape.join(', ')}], but its layer takes [${variable.shape.join(', ')}]`);
  if (values.length !== variable.size)
    throw weightError(name, `has ${values.length} values, but its shape [${shape.join(', ')}] holds ${variable.size}`);
  // The native backend shares memory with the array it is given, so that a network would change with its model.
  const value = tf.tensor(values.slice(), [...shape], 'float32');
  variable.assign(value);
  value.dispose();
}

function weightError(name: string, fault: string): EspalierError {
  return new EspalierError('BAD_NETWORK', `weight ${name} ${fault}`, { path: ['weights', name] });
}
