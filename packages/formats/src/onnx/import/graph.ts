import { EspalierError } from '@espalier/core';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../proto.ts';
import { badNode, badValue, unsupportedNode } from './faults.ts';
import { withSpellingsJoined } from './patterns.ts';

/** The part of an ONNX graph that its outputs depend on, checked for ONNX's own rules, with every node behind those that it reads. */
export interface ReadableGraph {
  readonly name: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Inputs that are no initializers, in the file's order. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** The nodes that read a tensor; a graph output is one more reader, as null. */
  readonly readers: ReadonlyMap<string, readonly (OnnxNode | null)[]>;
}

/** The operator sets whose operators are known here. */
export const oldestOpset = 9;
export const newestOpset = 26;

export function readableGraph(model: OnnxModel): ReadableGraph {
  const graph = withSpellingsJoined(model.graph);
  const opset = model.opsets.get('');
  if (opset === undefined)
    throw new EspalierError('BAD_NETWORK', `the ONNX file ${graph.name} names no operator set of ONNX`, {
      hint: 'Export the network again.',
      path: ['onnx', 'opset'],
    });
  if (opset < oldestOpset || opset > newestOpset)
    throw new EspalierError('UNSUPPORTED_LAYER', `the ONNX file ${graph.name} is written for opset ${opset}`, {
      hint: `Export it for an opset from ${oldestOpset} to ${newestOpset}: opset_version=17, say, or onnx.version_converter.`,
      path: ['onnx', 'opset'],
    });
  if (graph.outputs.length === 0) throw badValue(graph.name, 'is a graph without outputs');
  const { makers, initializers } = makersOf(graph, opset);
  const nodes = inOrder(graph, makers, initializers, opset);
  const readers = new Map<string, (OnnxNode | null)[]>();
  const note = (tensor: string, reader: OnnxNode | null) => {
    const list = readers.get(tensor);
    if (list === undefined) readers.set(tensor, [reader]);
    else list.push(reader);
  };
  for (const node of nodes) for (const input of node.inputs) if (input !== '') note(input, node);
  for (const output of graph.outputs) note(output.name, null);
  const inputs = graph.inputs.filter(({ name }) => !initializers.has(name));
  const unread = inputs.find(({ name }) => !readers.has(name));
  if (unread !== undefined)
    throw badValue(unread.name, 'is an input that no output depends on', 'Remove it, or name what it leads to as an output.');
  return { name: graph.name, opset, nodes, initializers, inputs, outputs: graph.outputs, readers };
}

/** Who makes each tensor: the graph (null) or a node. */
function makersOf(graph: OnnxGraph, opset: number) {
  const makers = new Map<string, OnnxNode | null>();
  const initializers = new Map<string, OnnxTensor>();
  for (const tensor of graph.initializers) {
    if (initializers.has(tensor.name)) throw badValue(tensor.name, 'is given twice', 'Give every tensor a name of its own.');
    initializers.set(tensor.name, tensor);
    makers.set(tensor.name, null);
  }
  const named = new Set<string>();
  for (const { name } of graph.inputs) {
    if (named.has(name)) throw badValue(name, 'is an input twice', 'Give every tensor a name of its own.');
    named.add(name);
    makers.set(name, null);
  }
  for (const node of graph.nodes)
    for (const output of node.outputs) {
      if (output === '') continue;
      if (makers.has(output))
        throw badNode(node, opset, `makes ${output}, which is made elsewhere too`, 'Give every tensor a name of its own.');
      makers.set(output, node);
    }
  return { makers, initializers };
}

/**
 * The nodes on the way to the outputs, each behind those it reads: in the file's order where it keeps ONNX's rule and is such an order; files that
 * break it are read all the same, unless a node waits for itself.
 */
function inOrder(
  graph: OnnxGraph,
  makers: ReadonlyMap<string, OnnxNode | null>,
  initializers: ReadonlyMap<string, OnnxTensor>,
  opset: number,
): OnnxNode[] {
  const state = new Map<OnnxNode, 'open' | 'done'>();
  const order: OnnxNode[] = [];
  const makerOf = (tensor: string, reader: OnnxNode | null): OnnxNode | null => {
    const maker = makers.get(tensor);
    if (maker !== undefined) return maker;
    const rule = 'is made by no node and given by no initializer';
    throw reader === null ? badValue(tensor, rule) : badNode(reader, opset, `reads ${tensor}, which ${rule}`);
  };
  /** Depth first without recursion, for a chain may be as long as the file. */
  const visit = (root: OnnxNode): void => {
    const open: { node: OnnxNode; next: number }[] = [{ node: root, next: 0 }];
    state.set(root, 'open');
    refuseForeign(root, opset);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        state.set(top.node, 'done');
        order.push(top.node);
        open.pop();
        continue;
      }
      const maker = input === '' ? null : makerOf(input, top.node);
      if (maker === null || state.get(maker) === 'done') continue;
      if (state.get(maker) === 'open')
        throw badNode(
          maker,
          opset,
          'waits for its own output: the graph has a cycle',
          'Unroll it; only networks without cycles can be read.',
        );
      state.set(maker, 'open');
      refuseForeign(maker, opset);
      open.push({ node: maker, next: 0 });
    }
  };
  for (const { name } of graph.outputs) {
    if (initializers.has(name)) throw badValue(name, 'is an output and a constant', 'Name what the network computes as its output.');
    const maker = makerOf(name, null);
    if (maker !== null && !state.has(maker)) visit(maker);
  }
  const asInFile = graph.nodes.filter((node) => state.has(node));
  return isOrdered(asInFile, makers) ? asInFile : order;
}

function isOrdered(nodes: readonly OnnxNode[], makers: ReadonlyMap<string, OnnxNode | null>): boolean {
  const done = new Set<OnnxNode | null | undefined>([null, undefined]);
  return nodes.every((node) => {
    const fits = node.inputs.every((input) => done.has(makers.get(input)));
    done.add(node);
    return fits;
  });
}

function refuseForeign(node: OnnxNode, opset: number): void {
  if (node.domain === '') return;
  throw unsupportedNode(
    node,
    opset,
    `belongs to the domain ${node.domain}, whose meaning is known only to its makers`,
    'Export the network with ONNX’s own operators, without functions and without an optimiser of a runtime.',
  );
}
