import type { Graph, GraphNode } from '../graph.ts';
import type { Labels } from '../layers/kind.ts';
import { UnionFindBook } from './book.ts';

/** Which channels of all tensors are one and the same: every place of a tensor's last axis has the number of its class. */
export interface ChannelClasses {
  /** For each node the classes of its output's channels. Nodes that pass channels through share one array. */
  readonly ofOutput: readonly Labels[];
  /** For each class why it must stay, or null. */
  readonly locks: readonly (string | null)[];
}

/** Walks the graph once and lets every layer tie and lock channels. */
export function channelClasses(graph: Graph): ChannelClasses {
  const book = new UnionFindBook();
  const outputs: Labels[] = [];
  const firstCalls = new Map<string, GraphNode>();
  const silent: boolean[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => outputs[input]!);
    const silentInputs = node.inputs.every((input) => silent[input]!);
    if (node.kind.mixesWithoutKernel === true && !silentInputs)
      for (const labels of inputs) book.lock(labels, `${node.layer} reads them all at once, after an activation that is not zero at zero`);
    outputs.push(node.kind.couple(node, inputs, book));
    silent.push((mixesByKernel(node) || silentInputs) && (node.kind.keepsZero?.(node) ?? true));
    const first = firstCalls.get(node.layer);
    if (first === undefined) firstCalls.set(node.layer, node);
    else tieCalls(first, node, outputs, book);
  }
  for (const index of graph.outputs) book.lock(outputs[index]!, 'they are the network’s output');
  const { classOf, locks } = book.classes();
  return { ofOutput: renumber(outputs, classOf), locks };
}

const mixesByKernel = (node: GraphNode): boolean => node.kind.axes?.some(({ role }) => role === 'out') ?? false;

/** A shared layer has one kernel and one list of settings, so where either is cut all its calls read and make the same channels. */
function tieCalls(first: GraphNode, again: GraphNode, outputs: readonly Labels[], book: UnionFindBook): void {
  const tie = (a: Labels, b: Labels) => a.forEach((label, channel) => book.tie(label, b[channel]!));
  if (again.kind.axes === undefined && again.kind.resize === undefined) return;
  tie(outputs[first.index]!, outputs[again.index]!);
  first.inputs.forEach((input, position) => tie(outputs[input]!, outputs[again.inputs[position]!]!));
}

/** The same arrays with classes in place of elements; arrays that were shared stay shared. */
function renumber(outputs: readonly Labels[], classOf: Int32Array): Labels[] {
  const renumbered = new Map<Labels, Labels>();
  return outputs.map((labels) => {
    const known = renumbered.get(labels) ?? labels.map((element) => classOf[element]!);
    renumbered.set(labels, known);
    return known;
  });
}
