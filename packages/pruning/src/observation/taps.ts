import type { DependencyGroup, Graph } from '@espalier/network';
import type { Tap } from './collector.ts';

/** The layers whose kernels make the channels of these groups, in the order of the graph. A depthwise layer only passes channels on. */
export function makers(groups: readonly DependencyGroup[], graph: Graph): string[] {
  const making = new Set(groups.flatMap(({ members }) => members.filter(({ role }) => role === 'out').map(({ layer }) => layer)));
  return graph.nodes.filter(({ layer, call }) => call === 0 && making.has(layer)).map(({ layer }) => layer);
}

/** The output of the layer itself: before batch normalisation and activation, unless the activation is part of the layer. */
export const rawTaps = (layers: readonly string[]): Tap[] => layers.map((layer) => ({ layer, tap: layer }));

/** Layers behind which channel c is still channel c. A sum is among them: in residual networks the activation comes behind it. */
const passing: ReadonlySet<string> = new Set(['BatchNormalization', 'Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'Add']);

/** The output behind batch normalisation, sum and activation, as far as they follow in a line and nobody else listens in between. */
export function activatedTaps(graph: Graph, layers: readonly string[]): Tap[] {
  const readers = new Map<number, number[]>();
  for (const { index, inputs } of graph.nodes) for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), index]);
  const firstCall = new Map(graph.nodes.filter(({ call }) => call === 0).map((node) => [node.layer, node]));
  return layers.map((layer) => {
    let last = firstCall.get(layer)!;
    for (;;) {
      const [only, ...others] = readers.get(last.index) ?? [];
      const next = only === undefined ? undefined : graph.nodes[only];
      if (next === undefined || others.length > 0 || next.call > 0 || !passing.has(next.type)) return { layer, tap: last.layer };
      last = next;
    }
  });
}
