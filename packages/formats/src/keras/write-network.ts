import { EspalierError, type InboundTensor, type NetworkData, type Weight } from '@espalier/core';
import { checkWeights, type Graph, readGraph, weightSpecs } from '@espalier/network';
import { firstNotFinite } from '../layers-model/finite.ts';
import { unsupported } from './config/inbound.ts';
import { toKeras, type WrittenLayer } from './layers/to-keras.ts';
import type { KerasModel, KerasVersion, LayerWeights } from './model.ts';

/** A model as it is written: layers that Keras has itself, and the variables of each in Keras's order. */
export interface WrittenModel {
  readonly model: KerasModel;
  readonly weights: ReadonlyMap<string, LayerWeights>;
  /** The shape of what each layer gives out, without the batch. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * A network as a functional model of Keras. Throws BAD_NETWORK where weights and topology do not belong together or a weight is not finite, and
 * UNSUPPORTED_LAYER where Keras has nothing that computes the same.
 */
export function writeKerasNetwork(network: NetworkData, version: KerasVersion): WrittenModel {
  const { topology } = network;
  const graph = readGraph(topology);
  checkWeights(graph, network.weights);
  const owned = weightsByLayer(graph, network.weights);
  const nodes = new Map(graph.nodes.filter(({ call }) => call === 0).map((node) => [node.layer, node]));
  const written: WrittenLayer[] = topology.config.layers.flatMap((layer) => {
    if (/[/\\]|^\.\.?$/.test(layer.name))
      throw unsupported(layer.name, 'Keras allows no slash in the name of a layer', 'Rename the layer.');
    return toKeras({
      layer,
      inputShape: nodes.get(layer.name)!.inputShapes[0] ?? null,
      outputShape: nodes.get(layer.name)!.outputShape,
      weights: owned.get(layer.name) ?? [],
      version,
    });
  });
  const names = new Set<string>();
  for (const { layer } of written) {
    if (names.has(layer.name)) throw unsupported(layer.name, 'its name is that of a layer which Keras needs beside another', 'Rename it.');
    names.add(layer.name);
  }
  const reference = ([layer, call, tensor]: readonly [string, number, number]): [string, number, number] => [layer, call, tensor];
  return {
    model: {
      name: topology.config.name,
      version,
      layers: written.map(({ layer }) => ({ ...layer, inbound: layer.inbound.map((call) => call.map(withoutArguments)) })),
      inputs: topology.config.input_layers.map(reference),
      outputs: topology.config.output_layers.map(reference),
    },
    weights: new Map(written.map(({ layer, weights }) => [layer.name, weights])),
    shapes: new Map(written.map(({ layer, outputShape }) => [layer.name, outputShape])),
  };
}

/** What a call was told besides its inputs concerns training and masks. */
const withoutArguments = ([layer, call, tensor]: InboundTensor): InboundTensor => [layer, call, tensor, {}];

function weightsByLayer(graph: Graph, weights: readonly Weight[]): ReadonlyMap<string, readonly Weight[]> {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const owned = new Map<string, Weight[]>();
  for (const { name, node } of weightSpecs(graph)) {
    const weight = byName.get(name)!;
    const fault = firstNotFinite(weight.values);
    if (fault !== null)
      throw new EspalierError('BAD_NETWORK', `weight ${name} holds ${weight.values[fault]} at place ${fault}`, {
        hint: 'Go back to a checkpoint from before the training diverged.',
        path: ['weights', name],
      });
    const list = owned.get(node.layer);
    if (list === undefined) owned.set(node.layer, [weight]);
    else list.push(weight);
  }
  return owned;
}
