import { EspalierError, type NetworkData } from '@espalier/core';
import {
  checkWeights,
  costAfter,
  cutTopology,
  dependencyGroups,
  type Graph,
  keptChannels,
  type KeepLists,
  networkCost,
  readGraph,
  weightSpecs,
  widthsAfter,
} from '@espalier/network';
import { axisKeeps } from './axes.ts';
import { gather, silence } from './gather.ts';

/**
 * Cuts the network as the plan says and returns the small one; the given one stays as it is, and lends it the arrays that no cut touches (nobody
 * writes into the weights of a network). The result computes what the given one computes with the removed channels silenced (`mask`). Throws
 * NOTHING_PRUNED when the plan keeps everything, BAD_INPUT for a plan that does not fit, BAD_NETWORK for weights that do not,
 * SURGERY_DISAGREES when the result does not cost what was predicted before cutting.
 */
export function prune(network: NetworkData, plan: KeepLists): NetworkData {
  const graph = readGraph(network.topology);
  checkWeights(graph, network.weights);
  const kept = keptChannels(graph, plan);
  if (kept.every((places) => places === null))
    throw new EspalierError('NOTHING_PRUNED', 'the plan keeps every channel of every group', {
      hint: 'Ask for a larger reduction, or for a smaller channel multiple.',
      path: ['keep'],
    });
  const topology = cutTopology(graph, kept);
  const specs = new Map(weightSpecs(graph).map((spec) => [spec.name, spec]));
  const weights = network.weights.map(({ name, shape, values }) => {
    const keeps = axisKeeps(specs.get(name)!, kept);
    return { name, shape: shape.map((size, axis) => keeps[axis]?.length ?? size), values: gather(values, shape, keeps) };
  });
  const pruned = { topology, weights };
  assertAsPredicted(graph, plan, pruned);
  return pruned;
}

/**
 * The same topology with every removed channel silenced: zeros in the kernels that make it and in those that read it, in its bias and its γ, β and
 * moving mean. This is the network that `prune` must agree with.
 */
export function mask(network: NetworkData, plan: KeepLists): NetworkData {
  const graph = readGraph(network.topology);
  checkWeights(graph, network.weights);
  const kept = keptChannels(graph, plan);
  const specs = new Map(weightSpecs(graph).map((spec) => [spec.name, spec]));
  const weights = network.weights.map(({ name, shape, values }) => {
    const spec = specs.get(name)!;
    return { name, shape, values: spec.silencedByZero ? silence(values, shape, axisKeeps(spec, kept)) : values };
  });
  return { topology: network.topology, weights };
}

function assertAsPredicted(graph: Graph, plan: KeepLists, pruned: NetworkData): void {
  const predicted = costAfter(graph, dependencyGroups(graph), widthsAfter(graph, plan));
  const prunedGraph = readGraph(pruned.topology);
  checkWeights(prunedGraph, pruned.weights);
  const found = networkCost(prunedGraph);
  if (found.macs !== predicted.macs || found.parameters !== predicted.parameters)
    throw new EspalierError(
      'SURGERY_DISAGREES',
      `the cut network has ${found.parameters} parameters and ${found.macs} MACs, but ${predicted.parameters} and ${predicted.macs} were predicted`,
      { hint: 'This is a fault of Espalier: please report it with the network’s topology and the plan.' },
    );
}
