import type { Graph, GraphNode } from '../graph.ts';

/** Which node of one graph is which of the other. */
export interface Matching {
  /** For each node of `after` the node of `before`, or null for one that is new. */
  readonly beforeOf: readonly (number | null)[];
  /** For each node of `before` the node of `after`, or null for one that is gone. */
  readonly afterOf: readonly (number | null)[];
}

/** How many layers in a row may be gone between two that are still there: a normalisation folded into its convolution is one. */
const mostRemovedInARow = 3;

/**
 * Matches two graphs by structure: two nodes are the same when their types and all their inputs are, and where several could be, the one of
 * the same name is preferred, then the earlier one. So renaming all layers changes nothing. Where that finds no partner, one is looked for behind
 * layers that may have been removed, then by name and type alone; what is still without is new, and what reads it is looked for behind that which
 * it reads itself.
 */
export function matchGraphs(before: Graph, after: Graph): Matching {
  const readers = readersOf(before);
  const afterOf: (number | null)[] = before.nodes.map(() => null);
  const beforeOf: (number | null)[] = [];
  /** The node of `before` that stands for a node of `after` as an input: its partner, or that of what it passes on. */
  const standIns: (number | null)[] = [];
  const byName = new Map(before.nodes.map((node) => [nameOf(node), node]));
  const isOpen = ({ index }: GraphNode): boolean => afterOf[index] === null;
  const mayBeRemoved = (node: GraphNode): boolean => isOpen(node) && node.inputs.length === 1;

  /** Whether `from` is `to`, or reads it through nothing but layers that may have been removed. */
  const leadsTo = (from: number, to: number | null): boolean => {
    for (let index = from, step = 0; step <= mostRemovedInARow; step++) {
      if (index === to) return true;
      const node = before.nodes[index]!;
      if (!mayBeRemoved(node)) return false;
      index = node.inputs[0]!;
    }
    return false;
  };
  const candidatesFor = (node: GraphNode, inputs: readonly (number | null)[]): GraphNode[] => {
    const [first] = inputs;
    let sources = first === undefined ? before.nodes.filter((other) => other.inputs.length === 0) : first === null ? [] : readers[first]!;
    for (let removed = 0; removed <= mostRemovedInARow && sources.length > 0; removed++) {
      const fitting = sources.filter((other) => isOpen(other) && other.type === node.type && other.inputs.length === inputs.length);
      const exact = fitting.filter((other) => other.inputs.every((input, position) => input === inputs[position]));
      const found = exact.length > 0 ? exact : fitting.filter((other) => other.inputs.every((input, at) => leadsTo(input, inputs[at]!)));
      if (found.length > 0) return found;
      sources = sources.filter(mayBeRemoved).flatMap(({ index }) => readers[index]!);
    }
    return [];
  };

  for (const node of after.nodes) {
    const inputs = node.inputs.map((input) => standIns[input]!);
    const candidates = candidatesFor(node, inputs);
    const partner =
      candidates.find((other) => other.layer === node.layer) ?? candidates[0] ?? byNameAlone(byName.get(nameOf(node)), node, isOpen);
    if (partner !== undefined) afterOf[partner.index] = node.index;
    beforeOf.push(partner?.index ?? null);
    standIns.push(partner?.index ?? inputs[0] ?? null);
  }
  return { beforeOf, afterOf };
}

const nameOf = ({ layer, call }: GraphNode): string => `${layer}\n${call}`;

const byNameAlone = (named: GraphNode | undefined, node: GraphNode, isOpen: (node: GraphNode) => boolean): GraphNode | undefined =>
  named !== undefined && named.type === node.type && isOpen(named) ? named : undefined;

function readersOf(graph: Graph): GraphNode[][] {
  const readers: GraphNode[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const input of new Set(node.inputs)) readers[input]!.push(node);
  return readers;
}
