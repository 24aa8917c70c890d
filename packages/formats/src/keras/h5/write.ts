import type { NetworkData } from '@espalier/core';
import { canonicalJson } from '../../layers-model/canonical-json.ts';
import type { Hdf5Group } from '../hdf5/messages.ts';
import { type WrittenDataset, writeHdf5 } from '../hdf5/write.ts';
import { kerasLayerOrder } from '../layer-order.ts';
import type { KerasLayer, KerasModel } from '../model.ts';
import { writeKerasNetwork } from '../write-network.ts';
import { weightsGroup } from './locate.ts';

/** The dialect is that of Keras 2, which Keras 3 reads as well. */
const written = { keras_version: '2.15.0', backend: 'tensorflow' };
/** A list of names in one attribute may take 64 KiB, at 16 bytes a name. */
const namesInAttribute = 4000;

/** An `.h5` file that Keras 2 and 3 load with `load_model`, without code of ours. */
export async function encodeH5(network: NetworkData): Promise<Uint8Array> {
  const { model, weights } = writeKerasNetwork(network, 2);
  const groups: Hdf5Group[] = [{ path: '', attributes: { ...written, model_config: canonicalJson(modelConfig(model)) } }];
  const order = kerasLayerOrder(model);
  groups.push({ path: weightsGroup, attributes: { ...written, ...named('layer_names', order) } });
  const datasets: WrittenDataset[] = [];
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  for (const name of order) {
    const variables = weights.get(name)!;
    const roles = variableNames(layers.get(name)!, variables.length);
    const group = `${weightsGroup}/${name}`;
    groups.push({ path: group, attributes: { weight_names: roles.map((role) => `${name}/${role}:0`) } });
    if (variables.length === 0) continue;
    groups.push({ path: `${group}/${name}`, attributes: {} });
    variables.forEach(({ shape, values }, place) => datasets.push({ path: `${group}/${name}/${roles[place]}:0`, shape, values }));
  }
  return writeHdf5(groups, datasets);
}

const named = (name: string, list: readonly string[]): Record<string, readonly string[]> => {
  if (list.length <= namesInAttribute) return { [name]: list };
  const parts = Math.ceil(list.length / namesInAttribute);
  const part = (index: number) => list.slice(index * namesInAttribute, (index + 1) * namesInAttribute);
  return Object.fromEntries(Array.from({ length: parts }, (_, index) => [`${name}${index}`, part(index)]));
};

const modelConfig = ({ name, layers, inputs, outputs }: KerasModel) => ({
  class_name: 'Functional',
  config: { name, layers: layers.map(layerConfig), input_layers: inputs, output_layers: outputs },
});

function layerConfig({ type, name, settings, inbound }: KerasLayer) {
  const { batch_shape: shape, negative_slope: alpha, ...others } = settings;
  const older = {
    ...others,
    ...(shape !== undefined && { batch_input_shape: shape }),
    ...(alpha !== undefined && { [type === 'LeakyReLU' ? 'alpha' : 'negative_slope']: alpha }),
  };
  return { class_name: type, name, config: older, inbound_nodes: inbound };
}

/** The names of a layer's variables in Keras 2, in its order. Keras itself goes by the order alone. */
function variableNames({ type, settings }: KerasLayer, count: number): string[] {
  const names: Readonly<Record<string, readonly string[]>> = {
    DepthwiseConv2D: ['depthwise_kernel', 'bias'],
    SeparableConv2D: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
    PReLU: ['alpha'],
    BatchNormalization: [
      ...(settings['scale'] === false ? [] : ['gamma']),
      ...(settings['center'] === false ? [] : ['beta']),
      'moving_mean',
      'moving_variance',
    ],
  };
  return [...(names[type] ?? ['kernel', 'bias'])].slice(0, count);
}
