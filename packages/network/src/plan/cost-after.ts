import { EspalierError, type CostTarget, type NetworkCost } from '@espalier/core';
import { countsOf } from '../channels/counts.ts';
import { analyseChannels, type DependencyGroup } from '../channels/groups.ts';
import { callCost, networkCost } from '../cost/cost.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { channelCount, withChannels } from '../shape.ts';
import type { GroupWidths } from './plan.ts';

/** How often one channel of each group occurs in a tensor: its width is Σ multiplicity · kept channels. */
type TensorComposition = readonly { readonly group: number; readonly multiplicity: number }[];

const compositions = new WeakMap<Graph, readonly TensorComposition[]>();

function compositionsOf(graph: Graph): readonly TensorComposition[] {
  const known = compositions.get(graph);
  if (known !== undefined) return known;
  const { groups, groupOf } = analyseChannels(graph);
  const byArray = new Map<Int32Array, TensorComposition>();
  const composed = groupOf.map((array) => {
    const composition = byArray.get(array) ?? compose(array, groups);
    byArray.set(array, composition);
    return composition;
  });
  compositions.set(graph, composed);
  return composed;
}

function compose(groupOf: Int32Array, groups: readonly DependencyGroup[]): TensorComposition {
  return Array.from(countsOf(groupOf), ([group, count]) => ({ group, multiplicity: count / groups[group]!.channels }));
}

/**
 * Parameters and multiply-accumulates (physical convention) of the network with these group widths, without cutting it. Exact: which channels
 * are kept makes no difference, only how many (rule G2). Throws BAD_INPUT for a width outside 1 … channels.
 */
export function costAfter(graph: Graph, groups: readonly DependencyGroup[], widths: GroupWidths): NetworkCost {
  const ids = new Set(groups.map(({ id }) => id));
  for (const id of Object.keys(widths)) if (!ids.has(id)) throw badWidth(id, 'the network has no such group');
  const kept = groups.map(({ id, channels }) => {
    const width = widths[id] ?? channels;
    if (!Number.isInteger(width) || width < 1 || width > channels)
      throw badWidth(id, `its width must be 1 to ${channels}, but is ${width}`);
    return width;
  });
  const tensorWidths = compositionsOf(graph).map((composition) =>
    composition.reduce((width, { group, multiplicity }) => width + multiplicity * kept[group]!, 0),
  );
  let parameters = 0;
  let macs = 0;
  for (const node of graph.nodes) {
    const cost = costAtWidths(node, tensorWidths);
    macs += cost.macs;
    if (node.call === 0) parameters += cost.parameters;
  }
  return { parameters, macs };
}

function costAtWidths(node: GraphNode, tensorWidths: readonly number[]): NetworkCost {
  if (node.kind.weights === undefined) return { parameters: 0, macs: 0 };
  const inputShapes = node.inputShapes.map((shape, position) => withChannels(shape, tensorWidths[node.inputs[position]!]!));
  const outputShape = withChannels(node.outputShape, tensorWidths[node.index]!);
  if (channelCount(outputShape) === channelCount(node.outputShape) && channelCount(inputShapes[0]!) === channelCount(node.inputShapes[0]!))
    return callCost(node.weights, node.operations);
  const patch = node.kind.resize?.(node, { inputShapes, outputShape, keptInputs: null, keptOutputs: null });
  const call = { ...node, config: { ...node.config, ...patch }, inputShapes, outputShape };
  return callCost(node.kind.weights?.(call) ?? [], node.kind.operations?.(call) ?? {});
}

const badWidth = (group: string, message: string): EspalierError =>
  new EspalierError('BAD_INPUT', `group ${group}: ${message}`, {
    hint: 'Take the widths from the groups of this very network.',
    path: ['widths', group],
  });

/** The target of MACs that exactly these widths meet. The half operation of slack is far below one channel and far above the rounding of the ratio. */
export function targetMetBy(graph: Graph, groups: readonly DependencyGroup[], widths: GroupWidths): CostTarget {
  const before = networkCost(graph).macs;
  return { measure: 'macs', reductionRatio: (before - costAfter(graph, groups, widths).macs - 0.5) / before };
}
