import type { Graph, GraphNode } from '../graph.ts';
import type { Labels } from '../layers/kind.ts';
import { UnionFindBook } from './book.ts';

/** Which channels of all tensors are one and the same: every place of a tensor's last axis has the number of its class. */
export interface ChannelClasses {
  /** For each node the classes of its output's channels. Tensors with the same channels in the same places share one array. */
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

/**
 * The same arrays with classes in place of elements. What has become equal (all that is added up along a residual stream) is one array from here on,
 * so that everything behind looks at it once.
 */
function renumber(outputs: readonly Labels[], classOf: Int32Array): Labels[] {
  const renumbered = new Map<Labels, Labels>();
  const alike = new Map<string, Labels[]>();
  return outputs.map((elements) => {
    const known = renumbered.get(elements);
    if (known !== undefined) return known;
    const labels = new Int32Array(elements.length);
    for (let channel = 0; channel < labels.length; channel++) labels[channel] = classOf[elements[channel]!]!;
    const key = `${labels.length} ${labels[0]} ${labels[labels.length - 1]}`;
    const candidates = alike.get(key) ?? [];
    const same = candidates.find((candidate) => equal(candidate, labels)) ?? labels;
    if (same === labels) alike.set(key, [...candidates, labels]);
    renumbered.set(elements, same);
    return same;
  });
}

function equal(a: Labels, b: Labels): boolean {
  for (let channel = 0; channel < a.length; channel++) if (a[channel] !== b[channel]) return false;
  return a.length === b.length;
}
