import type { InboundTensor, NetworkData } from '@espalier/core';
import { canonicalJson } from '../../layers-model/canonical-json.ts';
import { writeZip } from '../../zip/write.ts';
import type { Hdf5Group } from '../hdf5/messages.ts';
import { type WrittenDataset, writeHdf5 } from '../hdf5/write.ts';
import { kerasLayerOrder } from '../layer-order.ts';
import type { KerasLayer } from '../model.ts';
import { writeKerasNetwork, type WrittenModel } from '../write-network.ts';
import { configFile, weightsFile } from './names.ts';
import { variableGroups } from './variable-groups.ts';

/** No date: the same network gives the same bytes. */
const metadata = { keras_version: '3.8.0', date_saved: '1980-01-01@00:00:00' };

/** A `.keras` file that Keras 3 loads with `load_model`, without code of ours. */
export async function encodeArchive(network: NetworkData): Promise<Uint8Array> {
  const written = writeKerasNetwork(network, 3);
  const text = (value: unknown) => new TextEncoder().encode(canonicalJson(value));
  return writeZip(
    new Map([
      ['metadata.json', text(metadata)],
      [configFile, text(modelConfig(written))],
      [weightsFile, await weightsOf(written)],
    ]),
  );
}

async function weightsOf({ model, weights }: WrittenModel): Promise<Uint8Array> {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const ordered = kerasLayerOrder(model).map((name) => layers.get(name)!);
  const groups: Hdf5Group[] = [{ path: 'layers', attributes: {} }];
  const datasets: WrittenDataset[] = [];
  for (const [name, group] of variableGroups(ordered, false)) {
    const variables = weights.get(name)!;
    if (variables.length === 0) continue;
    groups.push({ path: group.slice(0, -'/vars'.length), attributes: {} }, { path: group, attributes: { name } });
    variables.forEach(({ shape, values }, place) => datasets.push({ path: `${group}/${place}`, shape, values }));
  }
  return writeHdf5(groups, datasets);
}

const modelConfig = ({ model: { name, layers, inputs, outputs }, shapes }: WrittenModel) => ({
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  registered_name: null,
  config: {
    name,
    trainable: true,
    layers: layers.map((layer) => layerConfig(layer, shapes)),
    input_layers: inputs,
    output_layers: outputs,
  },
});

type Shapes = WrittenModel['shapes'];

const layerConfig = ({ type, name, settings, inbound }: KerasLayer, shapes: Shapes) => ({
  module: 'keras.layers',
  class_name: type,
  registered_name: null,
  name,
  config: settings,
  inbound_nodes: inbound.map((call) => ({ args: args(type, call, shapes), kwargs: {} })),
});

/** Layers that merge take one list of tensors, all others a tensor. */
const args = (type: string, call: readonly InboundTensor[], shapes: Shapes): unknown[] => {
  const tensors = call.map(([layer, index, output]) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, ...shapes.get(layer)!], dtype: 'float32', keras_history: [layer, index, output] },
  }));
  return mergingTypes.has(type) ? [tensors] : tensors;
};

const mergingTypes: ReadonlySet<string> = new Set(['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate']);
