import type { Graph, GraphNode } from '../graph.ts';

/** Which node of one graph is which of the other. */
export interface Matching {
  /** For each node of `after` the node of `before`, or null for one that is new. */
  readonly beforeOf: readonly (number | null)[];
  /** For each node of `before` the node of `after`, or null for one that is gone. */
  readonly afterOf: readonly (number | null)[];
}

/**
 * Matches two graphs by structure: two nodes are the same when their types and all their inputs are, and where several could be, the one of
 * the same name is preferred, then the earlier one. So renaming all layers changes nothing. Where that finds no partner, a layer of the same name and
 * type is one; what is still without is new, and what reads it is looked for behind that which it reads itself.
 */
export function matchGraphs(before: Graph, after: Graph): Matching {
  const readers = readersOf(before);
  const afterOf: (number | null)[] = before.nodes.map(() => null);
  const beforeOf: (number | null)[] = [];
  /** The node of `before` that stands for a node of `after` as an input: its partner, or that of what it passes on. */
  const standIns: (number | null)[] = [];
  const byName = new Map(before.nodes.map((node) => [nameOf(node), node]));

  for (const node of after.nodes) {
    const inputs = node.inputs.map((input) => standIns[input]!);
    const named = byName.get(nameOf(node));
    const sources =
      inputs[0] === undefined ? before.nodes.filter((other) => other.inputs.length === 0) : inputs[0] === null ? [] : readers[inputs[0]]!;
    const candidates = sources.filter(
      (other) => afterOf[other.index] === null && other.type === node.type && sameInputs(other.inputs, inputs),
    );
    const partner = candidates.find((other) => other.layer === node.layer) ?? candidates[0] ?? byNameAlone(named, node, afterOf);
    if (partner !== undefined) afterOf[partner.index] = node.index;
    beforeOf.push(partner?.index ?? null);
    standIns.push(partner?.index ?? inputs[0] ?? null);
  }
  return { beforeOf, afterOf };
}

const nameOf = ({ layer, call }: GraphNode): string => `${layer}\n${call}`;

const byNameAlone = (named: GraphNode | undefined, node: GraphNode, afterOf: readonly (number | null)[]): GraphNode | undefined =>
  named !== undefined && named.type === node.type && afterOf[named.index] === null ? named : undefined;

const sameInputs = (inputs: readonly number[], others: readonly (number | null)[]): boolean =>
  inputs.length === others.length && inputs.every((input, position) => input === others[position]);

function readersOf(graph: Graph): GraphNode[][] {
  const readers: GraphNode[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const input of new Set(node.inputs)) readers[input]!.push(node);
  return readers;
}
