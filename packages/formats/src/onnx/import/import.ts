import type { NetworkData } from '@espalier/core';
import { checkWeights, readGraph } from '@espalier/network';
import { decodeModel, type OnnxNode, type OnnxValue, onnxType, typeName } from '../proto.ts';
import { inLayerOrder } from './arrange.ts';
import { Budget } from './budget.ts';
import { type ImportState, OperatorCall, refuseNotFinite } from './call.ts';
import { type Constant, readConstant } from './constant.ts';
import { ConstantCall } from './constants/context.ts';
import { evaluate } from './constants/evaluate.ts';
import { badValue, unsupportedNode, unsupportedValue } from './faults.ts';
import { readableGraph, type ReadableGraph } from './graph.ts';
import { operators } from './operators.ts';
import { refusedOperators } from './operators/refused.ts';
import { pictureView, placedShape, viewOf } from './view.ts';
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
 * @throws EspalierError BAD_ARTIFACT for a file that is no ONNX; BAD_NETWORK for a graph that contradicts itself or holds numbers that are none;
 *   UNSUPPORTED_LAYER for what layers cannot say, naming operator, node and opset
 */
export function importOnnx(bytes: Uint8Array): ImportedNetwork {
  const graph = readableGraph(decodeModel(bytes));
  const warnings = new Set<string>();
  const importer = new Importer(graph, new Budget(bytes.length), (text) => warnings.add(text));
  const network = importer.network();
  checkWeights(readGraph(network.topology), network.weights);
  for (const { name, values } of network.weights) refuseNotFinite(name, values);
  return { network, warnings: [...warnings] };
}

class Importer {
  readonly #graph: ReadableGraph;
  readonly #writer: LayerWriter;
  readonly #values = new Map<string, Value>();
  readonly #warn: (text: string) => void;
  readonly #budget: Budget;

  constructor(graph: ReadableGraph, budget: Budget, warn: (text: string) => void) {
    this.#graph = graph;
    this.#budget = budget;
    this.#writer = new LayerWriter(budget);
    this.#warn = warn;
  }

  network(): NetworkData {
    const { inputs, outputs, nodes, name } = this.#graph;
    const batch = batchOf(inputs);
    const inputLayers = inputs.map((input) => this.#input(input));
    const state: ImportState = {
      opset: this.#graph.opset,
      batch,
      writer: this.#writer,
      values: this.#values,
      readers: this.#graph.readers,
      warn: this.#warn,
    };
    for (const node of nodes) {
      this.#readInitializers(node);
      this.#node(node, state);
    }
    const outputLayers = outputs.map((output) => this.#output(output));
    return this.#writer.network(name === '' ? 'onnx' : name, inputLayers, outputLayers);
  }

  #input(input: OnnxValue): string {
    const [, ...shape] = shapeOfInput(input);
    const isPicture = shape.length === 3;
    const placed = isPicture ? [shape[1]!, shape[2]!, shape[0]!] : shape;
    const layer = this.#writer.add(input.name, 'InputLayer', [], placed, {
      batch_input_shape: [null, ...placed],
      dtype: 'float32',
      sparse: false,
    });
    const view = isPicture
      ? pictureView(layer, placed as [number, number, number])
      : viewOf(
          layer,
          placed,
          placed.map((_, axis) => axis),
        );
    this.#values.set(input.name, { kind: 'tensor', view, nonNegative: false, exclusive: false });
    return layer;
  }

  /** Weights are read from the file when the first node wants them. */
  #readInitializers(node: OnnxNode): void {
    for (const name of node.inputs) {
      const tensor = this.#graph.initializers.get(name);
      if (tensor !== undefined && !this.#values.has(name)) this.#values.set(name, readConstant(tensor, name, this.#warn));
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
    if (operator === undefined)
      throw unsupportedNode(
        node,
        call.opset,
        refusedOperators.has(node.operator) ? 'is an operator that cannot be a layer here' : 'is an operator that is not known here',
        refusedOperators.get(node.operator) ?? `Build the network from ${[...operators.keys()].join(', ')}.`,
      );
    const made = operator(call);
    const results: readonly TensorValue[] = Array.isArray(made) ? made : [made];
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (name !== '' && result !== undefined) this.#values.set(name, result);
    });
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
    const view = inLayerOrder(this.#writer, output.name, value.view);
    const isInput = this.#writer.layer(view.layer).type === 'InputLayer';
    return isInput ? this.#writer.add(output.name, 'Activation', [view.layer], placedShape(view), { activation: 'linear' }) : view.layer;
  }
}

/** The shape that the file gives an input, the batch first and possibly open; throws for anything else that is open. */
function shapeOfInput({ name, type, shape }: OnnxValue): readonly number[] {
  if (type !== onnxType.float)
    throw unsupportedValue(
      name,
      `is an input of ${type === null ? 'an unknown type' : typeName(type)}`,
      'Export the network for float32 pictures, without preprocessing of other types.',
    );
  if (shape === null || shape.length < 2 || shape.length > 4)
    throw unsupportedValue(
      name,
      shape === null ? 'is an input without a shape' : `is an input of ${shape.length} axes`,
      'Export the network for pictures [N, C, H, W] or vectors [N, F] of a fixed size.',
    );
  const [, ...rest] = shape;
  rest.forEach((size, index) => {
    if (typeof size === 'number' && size > 0) return;
    const axis = rest.length === 3 ? ['number of channels', 'height', 'width'][index]! : `axis ${index + 1}`;
    throw unsupportedValue(
      name,
      `is an input whose ${axis} is open (${size ?? 'not told'})`,
      'Export the network for one size of pictures; only the batch may be open.',
    );
  });
  return [typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : 1, ...(rest as number[])];
}

/** The size of the batch that the file was exported for, 1 where it is open. */
function batchOf(inputs: readonly OnnxValue[]): number {
  if (inputs.length === 0) throw badValue('inputs', 'are missing: the graph computes constants only', 'Export the whole network.');
  const batches = new Set(inputs.map((input) => shapeOfInput(input)[0]!));
  if (batches.size > 1)
    throw badValue(inputs[0]!.name, 'has another batch than the other inputs', 'Export all inputs with the same batch.');
  return [...batches][0]!;
}
