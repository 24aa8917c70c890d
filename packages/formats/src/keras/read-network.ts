import type { LayerConfig, NetworkData, Topology, Weight } from '@espalier/core';
import { weightSpecs } from '@espalier/network';
import { belongTogether, refuseNotFinite, supportedGraph } from '../checked-weights.ts';
import { badArtifact } from '../faults.ts';
import type { Reading } from '../format.ts';
import { refuseAmbiguousShape, withFixedShape } from '../input-shape.ts';
import { unsupported } from './config/inbound.ts';
import { channelsAfter } from './layers/channel-count.ts';
import { fromKeras, type Translation } from './layers/from-keras.ts';
import { joinHardSigmoids } from './layers/hard-sigmoid.ts';
import { joinScaledNorms } from './layers/scaled-norm.ts';
import type { KerasLayer, KerasModel, LayerWeights } from './model.ts';

/** As many as the graph allows, which is asked only after everything is read. */
const mostChannels = 2 ** 20;

/**
 * The network of a Keras model and its layers' variables. Throws UNSUPPORTED_LAYER and BAD_NETWORK naming the layer, BAD_ARTIFACT naming the weight.
 */
export function readKerasNetwork(model: KerasModel, weights: ReadonlyMap<string, LayerWeights>, reading: Reading): NetworkData {
  const joined = joinScaledNorms(joinHardSigmoids(model), weights);
  refuseAmbiguousShape(joined.model.layers.filter(({ type }) => type === 'InputLayer').length, reading);
  const channels = new Map<string, number | undefined>();
  const weightsOf = (layer: string): LayerWeights => joined.weights.get(layer) ?? [];
  const inputChannels = ({ inbound }: KerasLayer) => (inbound[0] ?? []).map(([source]) => channels.get(source));
  const context: Translation = {
    version: model.version,
    weightsOf,
    channelsOf: (layer) => {
      const [count] = inputChannels(layer);
      if (count !== undefined && count <= mostChannels) return count;
      throw unsupported(
        layer.name,
        `is a ${layer.type} of a tensor with ${count ?? 'an unknown number of'} channels`,
        'Put it before the network is flattened.',
      );
    },
    fixInput: (layer) => withFixedShape(layer, reading),
    warn: (message) => reading.warn(message),
  };
  const regularised = joined.model.layers.filter(isRegularised).length;
  if (regularised > 0)
    reading.warn(`Regularizers and constraints of ${regularised} layers were left out: they only matter to training in Keras.`);
  const layers: LayerConfig[] = [];
  const own = new Map<string, LayerWeights>();
  for (const kerasLayer of joined.model.layers) {
    const { layer, weights: variables } = fromKeras(kerasLayer, context);
    channels.set(layer.name, channelsAfter(layer, inputChannels(kerasLayer)));
    layers.push(layer);
    own.set(layer.name, variables);
  }
  const topology = withClosedShapes({
    class_name: 'Model',
    config: { name: model.name, layers, input_layers: joined.model.inputs, output_layers: joined.model.outputs },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  });
  return { topology, weights: belongTogether(topology, named(topology, own)) };
}

const isRegularised = ({ settings }: KerasLayer): boolean =>
  Object.entries(settings).some(([key, value]) => /_(regularizer|constraint)$/.test(key) && value !== null && value !== undefined);

/** With −1 in the target of a Reshape, TF.js would not know the shape behind it. */
function withClosedShapes(topology: Topology): Topology {
  const { layers } = topology.config;
  if (!layers.some(({ class_name: type }) => type === 'Reshape')) return topology;
  const shapes = new Map(supportedGraph(topology).nodes.map(({ layer, outputShape }) => [layer, outputShape]));
  const closed = layers.map((layer) =>
    layer.class_name === 'Reshape' ? { ...layer, config: { ...layer.config, target_shape: shapes.get(layer.name)! } } : layer,
  );
  return { ...topology, config: { ...topology.config, layers: closed } };
}

/** The variables of each layer under the names of its weights, which both sides list in the same order. */
function named(topology: Topology, own: ReadonlyMap<string, LayerWeights>): Weight[] {
  const specs = new Map<string, { name: string; role: string }[]>();
  for (const { name, role, node } of weightSpecs(supportedGraph(topology))) {
    const list = specs.get(node.layer);
    if (list === undefined) specs.set(node.layer, [{ name, role }]);
    else list.push({ name, role });
  }
  const named: Weight[] = [];
  for (const [layer, wanted] of specs) {
    const variables = own.get(layer) ?? [];
    if (variables.length !== wanted.length)
      throw badArtifact(
        `layer ${layer} has ${variables.length} weights in the file, and takes ${wanted.length}: ${wanted.map(({ role }) => role).join(', ')}`,
        ['layers', layer],
        'Save model and weights together with model.save.',
      );
    wanted.forEach(({ name }, place) => {
      const { shape, values } = variables[place]!;
      refuseNotFinite(name, values);
      named.push({ name, shape, values });
    });
  }
  return named;
}
