import { costAfter, dependencyGroups, type Graph, type GroupWidths, type RemovalRates } from '@espalier/network';

/**
 * What would really be saved if filters were removed at these rates: every dependency group keeps as many channels as that of its convolutions which keeps
 * the largest share, since a channel can only go from all of them at once. Exact multiply-accumulates and parameters, both sides of each kernel narrowed.
 */
export function physicalCost(graph: Graph, rates: RemovalRates): { parameters: number; macs: number } {
  const groups = dependencyGroups(graph);
  const outputs = new Map(graph.nodes.map(({ layer, outputShape }) => [layer, outputShape.at(-1)!]));
  const widths: Record<string, number> = {};
  for (const { id, channels, members, prunable } of groups) {
    if (!prunable) continue;
    const shares = members
      .filter(({ role }) => role === 'out' || role === 'depthwise')
      .map(({ layer }) => {
        const width = outputs.get(layer)!;
        return (width - Math.trunc((rates[layer] ?? 0) * width)) / width;
      });
    // The nudge keeps ⌈0.4 · 10⌉ at 4 where the product is a hair above it.
    widths[id] = Math.max(1, Math.ceil(Math.max(...shares) * channels - 1e-9));
  }
  const { parameters, macs } = costAfter(graph, groups, widths satisfies GroupWidths);
  return { parameters, macs };
}
