import { EspalierError, type NetworkData } from '@espalier/core';
import { checkWeights, type Graph, type GraphNode, readGraph, type Shape } from '@espalier/network';
import { type FileTensor, fileShape, LayerExport } from './encode/layer-export.ts';
import { layerExporters } from './encode/layers.ts';
import { OnnxFile } from './encode/onnx-file.ts';
import { surroundingsOf } from './encode/surroundings.ts';
import { encodeModel } from './encode-model.ts';
import { onnxType, type OnnxValue } from './model.ts';

/** What is written unless asked otherwise: known to every runtime since 2022. */
export const defaultOpset = 17;

/** The least IR version that goes with each opset (ONNX's own table, `onnx.helper.VERSION_TABLE`). */
const irVersions: Readonly<Record<number, number>> = {
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
  24: 12,
  25: 13,
  26: 13,
};

/** The opsets that can be written, up to the newest that ONNX Runtime 1.30 takes. All operators in use mean the same in each of them. */
export const onnxOpsets: readonly number[] = Object.keys(irVersions).map(Number);

export interface OnnxOptions {
  /** One of `onnxOpsets`. */
  readonly opset?: number;
}

/**
 * Writes a network as an ONNX file in which feature maps are NCHW, as PyTorch's are. Inputs and outputs are named after their layers; the batch is open.
 * A feature map that is an output is NCHW there; all other tensors have the axes that they have here. The same network gives the same bytes.
 *
 * Throws BAD_INPUT for an unknown opset, BAD_NETWORK where weights and topology do not belong together, and UNSUPPORTED_LAYER naming the layer
 * for a setting that ONNX can't say.
 */
export function encodeOnnx(network: NetworkData, { opset = defaultOpset }: OnnxOptions = {}): Uint8Array {
  const irVersion = irVersions[opset];
  if (irVersion === undefined)
    throw new EspalierError('BAD_INPUT', `ONNX opset ${opset} is not written here`, {
      hint: `Choose one of ${onnxOpsets.join(', ')}.`,
      path: ['opset'],
    });
  const graph = readGraph(network.topology);
  checkWeights(graph, network.weights);
  const file = new OnnxFile(graph.nodes.map(tensorName));
  const tensors = exportLayers(graph, network, file);
  const outputs = exportOutputs(graph, tensors, file);
  const { nodes, initializers } = file;
  return encodeModel({
    irVersion,
    opsets: new Map([['', opset]]),
    producer: { name: 'espalier', version: '' },
    graph: { name: network.topology.config.name, nodes, initializers, inputs: inputsOf(graph), outputs, valueInfo: [] },
  });
}

/** The layer's name, with the number of the call where it is called again. */
const tensorName = ({ layer, call }: GraphNode): string => (call === 0 ? layer : `${layer}#${call}`);

const value = (name: string, shape: Shape): OnnxValue => ({ name, type: onnxType.float, shape: ['batch', ...fileShape(shape)] });

/** Writes every layer; returns the tensor of each node. */
function exportLayers(graph: Graph, network: NetworkData, file: OnnxFile): FileTensor[] {
  const weights = new Map(network.weights.map((weight) => [weight.name, weight]));
  const surroundings = surroundingsOf(graph);
  const tensors: FileTensor[] = [];
  for (const node of graph.nodes) {
    const name = tensorName(node);
    const inputs = node.inputs.map((input) => tensors[input]!);
    const made = node.type === 'InputLayer' ? name : exportLayer(node, inputs);
    // What the layer's last operator makes is the layer's output; a layer that does nothing has none.
    const own = made !== name && !inputs.some((input) => input.name === made);
    if (own) file.renameLast(made, name);
    tensors.push({ name: own ? name : made, shape: node.outputShape });
  }
  return tensors;

  function exportLayer(node: GraphNode, inputs: readonly FileTensor[]): string {
    const layer = new LayerExport(node, inputs, surroundings.get(node.index) ?? {}, file, weights);
    const exporter = layerExporters[node.type];
    if (exporter === undefined) throw layer.refuse(`its type is ${node.type}`, 'Save the network as a TF.js folder.');
    return exporter(layer);
  }
}

function inputsOf({ nodes, topology }: Graph): OnnxValue[] {
  return topology.config.input_layers.map(([name]) => {
    const node = nodes.find(({ layer, type }) => layer === name && type === 'InputLayer');
    if (node === undefined)
      throw new EspalierError('BAD_NETWORK', `layer ${name} is named as an input, but is none`, {
        hint: 'Export the network again.',
        path: ['layers', name],
      });
    return value(name, node.outputShape);
  });
}

/** Outputs are named after their layers too, also of those that do nothing, or are named twice, or are the input. */
function exportOutputs(graph: Graph, tensors: readonly FileTensor[], file: OnnxFile): OnnxValue[] {
  const written = new Set(graph.nodes.filter(({ type }) => type === 'InputLayer').map(tensorName));
  return graph.outputs.map((index) => {
    const name = tensorName(graph.nodes[index]!);
    const tensor = tensors[index]!;
    if (tensor.name === name && !written.has(name)) {
      written.add(name);
      return value(name, tensor.shape);
    }
    const copy = file.node(`${name}/output`, 'Identity', [tensor.name]);
    if (written.has(name)) return value(copy, tensor.shape);
    written.add(name);
    file.renameLast(copy, name);
    return value(name, tensor.shape);
  });
}
