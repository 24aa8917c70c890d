import type { Topology } from '@espalier/core';
import { analyseChannels } from '../channels/groups.ts';
import type { Graph } from '../graph.ts';
import { withChannels } from '../shape.ts';
import { type KeepLists, validatePlan } from './plan.ts';

/** For each node the places of its output's last axis that stay, ascending, or null where all stay. */
export type KeptChannels = readonly (Int32Array | null)[];

/** Which places of every tensor a plan keeps. Throws BAD_INPUT for a plan that does not fit the graph. */
export function keptChannels(graph: Graph, plan: KeepLists): KeptChannels {
  const { groups, groupOf, channelOf } = analyseChannels(graph);
  validatePlan(groups, plan);
  const keeps = groups.map(({ id, channels }) => {
    const keep = plan.keep[id];
    if (keep === undefined || keep.length === channels) return null;
    const stays = new Uint8Array(channels);
    for (const channel of keep) stays[channel] = 1;
    return stays;
  });
  const known = new Map<Int32Array, Int32Array | null>();
  return groupOf.map((groupOfPlace, node) => {
    const earlier = known.get(groupOfPlace);
    if (earlier !== undefined) return earlier;
    const places: number[] = [];
    groupOfPlace.forEach((group, place) => {
      const stays = keeps[group];
      if (stays === null || stays === undefined || stays[channelOf[node]![place]!] === 1) places.push(place);
    });
    const kept = places.length === groupOfPlace.length ? null : Int32Array.from(places);
    known.set(groupOfPlace, kept);
    return kept;
  });
}

/** The topology with the settings of every layer brought to its new widths. The given one stays as it is. */
export function cutTopology(graph: Graph, kept: KeptChannels): Topology {
  const patches = new Map<string, Readonly<Record<string, unknown>>>();
  for (const node of graph.nodes) {
    if (node.call > 0 || node.kind.resize === undefined) continue;
    const shapeAfter = (shape: readonly number[], tensor: number) => withChannels(shape, kept[tensor]?.length ?? shape[shape.length - 1]!);
    const inputShapes = node.inputShapes.map((shape, position) => shapeAfter(shape, node.inputs[position]!));
    const outputShape = shapeAfter(node.outputShape, node.index);
    const unchanged = kept[node.index] === null && node.inputs.every((tensor) => kept[tensor] === null);
    if (unchanged) continue;
    const [firstInput] = node.inputs;
    const keptInputs = firstInput === undefined ? null : (kept[firstInput] ?? allPlaces(inputShapes[0]!));
    const keptOutputs = kept[node.index] ?? allPlaces(outputShape);
    patches.set(node.layer, node.kind.resize(node, { inputShapes, outputShape, keptInputs, keptOutputs }));
  }
  const layers = graph.topology.config.layers.map((layer) => {
    const patch = patches.get(layer.name);
    return patch === undefined ? layer : { ...layer, config: { ...layer.config, ...patch } };
  });
  return { ...graph.topology, config: { ...graph.topology.config, layers } };
}

const allPlaces = (shape: readonly number[]): Int32Array => Int32Array.from({ length: shape[shape.length - 1]! }, (_, place) => place);
