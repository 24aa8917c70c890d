import type { EspalierError, NetworkData } from '@espalier/core';
import { checkWeights, readGraph, UnsupportedLayers } from '@espalier/network';
import type { ReadOptions } from '../../format.ts';
import { decodeModel, type OnnxNode, type OnnxValue } from '../proto.ts';
import { arranged, inLayerOrder } from './arrange.ts';
import { Budget } from './budget.ts';
import { type ImportState, OperatorCall, refuseNotFinite } from './call.ts';
import { type Constant, readConstant } from './constant.ts';
import { ConstantCall } from './constants/context.ts';
import { evaluate, isEvaluated } from './constants/evaluate.ts';
import { badValue, nodeName, unsupportedNode, unsupportedValue } from './faults.ts';
import { readableGraph, type ReadableGraph } from './graph.ts';
import { type GraphInput, graphInputs } from './inputs.ts';
import { operators } from './operators.ts';
import { refusedOperators } from './operators/refused.ts';
import { liesAs, placedShape, type View, viewOf } from './view.ts';
import type { TensorValue, Value } from './value.ts';
import { LayerWriter } from './writer.ts';

/** A network out of an ONNX file, and what a user should know about how it became one. */
export interface ImportedNetwork {
  readonly network: NetworkData;
  readonly warnings: readonly string[];
}

/**
 * Reads an ONNX file as a network of layers. ONNX keeps pictures as [N, C, H, W], layers as [N, H, W, C]: inputs and outputs of four axes
 * change their order, and everything between is arranged so that each number is computed as the file says, to float rounding.
 *
 * @param options `inputShape` [H, W, C] for a file that leaves the size of its pictures open
 * @throws EspalierError BAD_ARTIFACT for a file that is no ONNX; BAD_NETWORK for a graph that contradicts itself or holds numbers that are none;
 *   UNSUPPORTED_LAYER for what layers cannot say, naming operator, node and opset
 */
export function importOnnx(bytes: Uint8Array, options: ReadOptions = {}): ImportedNetwork {
  const graph = readableGraph(decodeModel(bytes));
  const warnings = new Set<string>();
  const importer = new Importer(graph, new Budget(bytes.length), (text) => warnings.add(text));
  const network = importer.network(options);
  checkWeights(readGraph(network.topology), network.weights);
  for (const { name, values } of network.weights) refuseNotFinite(name, values);
  return { network, warnings: [...warnings] };
}

const isKnown = (operator: string): boolean =>
  operators.has(operator) || isEvaluated(operator) || operator === 'Shape' || operator === 'Size';

class Importer {
  readonly #graph: ReadableGraph;
  readonly #writer: LayerWriter;
  readonly #values = new Map<string, Value>();
  /** How many readers of a tensor are still to come. */
  readonly #unread = new Map<string, number>();
  readonly #warn: (text: string) => void;
  #channelsLast = false;
  readonly #budget: Budget;

  constructor(graph: ReadableGraph, budget: Budget, warn: (text: string) => void) {
    this.#graph = graph;
    this.#budget = budget;
    this.#writer = new LayerWriter(budget);
    this.#warn = warn;
  }

  network(options: ReadOptions): NetworkData {
    const { outputs, nodes, name } = this.#graph;
    const inputs = graphInputs(this.#graph, options);
    this.#channelsLast = inputs.some(({ isChannelsLast }) => isChannelsLast);
    if (this.#channelsLast) this.#warn('the file has its pictures as [N, H, W, C] already; inputs and outputs keep their axes as they are');
    const inputLayers = inputs.map((input) => this.#input(input));
    const state: ImportState = {
      opset: this.#graph.opset,
      batch: inputs[0]!.batch,
      writer: this.#writer,
      values: this.#values,
      readers: this.#graph.readers,
      warn: this.#warn,
    };
    for (const node of nodes) {
      this.#readInitializers(node);
      this.#node(node, state);
      this.#forgetConstants(node);
    }
    const outputLayers = outputs.map((output) => this.#output(output));
    return this.#writer.network(name === '' ? 'onnx' : name, inputLayers, outputLayers);
  }

  #input({ name, shape, axes }: GraphInput): string {
    const layer = this.#writer.add(name, 'InputLayer', [], shape, {
      batch_input_shape: [null, ...shape],
      dtype: 'float32',
      sparse: false,
    });
    this.#values.set(name, { kind: 'tensor', view: viewOf(layer, shape, axes), nonNegative: false, exclusive: false });
    return layer;
  }

  /** Weights are read from the file when the first node wants them. */
  #readInitializers(node: OnnxNode): void {
    for (const name of node.inputs) {
      const tensor = this.#graph.initializers.get(name);
      if (tensor !== undefined && !this.#values.has(name)) this.#values.set(name, readConstant(tensor, name, this.#warn));
    }
  }

  /** Lets go of constants after their last reader: large networks would lie in memory twice. */
  #forgetConstants(node: OnnxNode): void {
    for (const name of node.inputs) {
      const left = (this.#unread.get(name) ?? this.#graph.readers.get(name)?.length ?? 0) - 1;
      this.#unread.set(name, left);
      if (left <= 0 && this.#values.get(name)?.kind === 'constant') this.#values.delete(name);
    }
  }

  #node(node: OnnxNode, state: ImportState): void {
    const call = new OperatorCall(node, state);
    const known = this.#constant(call);
    if (known !== null) {
      this.#values.set(node.outputs[0] ?? '', known);
      return;
    }
    const operator = operators.get(node.operator);
    if (operator === undefined) throw this.#unknownOperators(node, call.opset);
    const made = operator(call);
    const results: readonly TensorValue[] = Array.isArray(made) ? made : [made];
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (name !== '' && result !== undefined) this.#values.set(name, result);
    });
  }

  /** The fault of a node whose operator is not known, which names all others like it as well. */
  #unknownOperators(first: OnnxNode, opset: number): UnsupportedLayers {
    const fault = (node: OnnxNode): EspalierError =>
      unsupportedNode(
        node,
        opset,
        refusedOperators.has(node.operator) ? 'is an operator that cannot be a layer here' : 'is an operator that is not known here',
        refusedOperators.get(node.operator) ?? `Build the network from ${[...operators.keys()].join(', ')}.`,
      );
    const others = this.#graph.nodes.filter((node) => node !== first && !isKnown(node.operator));
    const layers = [first, ...others].map((node) => ({ layer: nodeName(node), type: node.operator, reason: fault(node).message }));
    const { hint, path } = fault(first);
    return new UnsupportedLayers(layers, { hint, path });
  }

  /** What a node makes that does not depend on the input; null for all others. */
  #constant(call: OperatorCall): Constant | null {
    const { node } = call;
    if (node.operator === 'Shape' || node.operator === 'Size') {
      const shape = call.shape(call.value(0));
      const stand = { kind: 'constant', name: node.inputs[0] ?? '', type: 'integer', shape, values: new Float64Array(0) } as const;
      if (node.operator === 'Shape') return evaluate(new ConstantCall(node, call.opset, [stand], this.#budget, this.#warn));
      const size = shape.reduce((product, length) => product * length, 1);
      return { kind: 'constant', name: node.outputs[0] ?? '', type: 'integer', shape: [], values: Float64Array.of(size) };
    }
    const operands = node.inputs.map((name, index) => (name === '' ? null : call.value(index)));
    const constants = operands.filter((operand): operand is Constant => operand?.kind === 'constant');
    if (constants.length < operands.filter((operand) => operand !== null).length) return null;
    const known = operands.map((operand) => (operand?.kind === 'constant' ? operand : null));
    const result = evaluate(new ConstantCall(node, call.opset, known, this.#budget, this.#warn));
    if (result !== null || !operators.has(node.operator)) return result;
    throw call.unsupported('does not depend on the input, and is not computed beforehand here', 'Fold constants before exporting.');
  }

  /** The layer that gives out an output of the graph, in the order of layers. */
  #output(output: OnnxValue): string {
    const value = this.#values.get(output.name);
    if (value === undefined) throw badValue(output.name, 'is made by no node');
    if (value.kind === 'constant')
      throw badValue(output.name, 'is an output that does not depend on the input', 'Remove it from the outputs.');
    if (value.view.axes.length === 0)
      throw unsupportedValue(output.name, 'is one number a picture without an axis', 'Give every output an axis besides the batch.');
    const view = this.#placedOutput(output.name, value.view);
    const isInput = this.#writer.layer(view.layer).type === 'InputLayer';
    return isInput ? this.#writer.add(output.name, 'Activation', [view.layer], placedShape(view), { activation: 'linear' }) : view.layer;
  }

  /**
   * Feature maps [N, C, H, W] come out as [H, W, C]. In a file whose pictures come in with their channels last, what lies in ONNX's own order is
   * taken to go out so as well.
   */
  #placedOutput(name: string, view: View): View {
    const staysAsItIs = this.#channelsLast && liesAs(view, view.axes);
    return staysAsItIs ? arranged(this.#writer, name, view, view.axes) : inLayerOrder(this.#writer, name, view);
  }
}
