import { EspalierError, type NetworkData, type Weight } from '@espalier/core';
import { type DependencyGroup, type Graph } from '@espalier/network';
import { type FilterBank, filterBanks, filterNorms } from './filters.ts';
import { gammas } from './normalisation.ts';

/** The maps one layer makes of some pictures: [images, height, width, channels], row-major. */
export interface FeatureMaps {
  readonly shape: readonly [images: number, height: number, width: number, channels: number];
  readonly values: Float32Array;
}

/** One dependency group as methods see it. Weights are gathered when they are asked for, once. */
export interface GroupObservation {
  readonly id: string;
  readonly channels: number;
  readonly group: DependencyGroup;
  /** Every kernel that makes these channels, in the order of the graph: one in the usual case, several where they are summed. */
  filters(): readonly FilterBank[];
  /** (Σ |w|ᵖ)^(1/p) of every channel's filters, one array for each of `filters()`; cheap, for it gathers none of them. */
  filterNorms(order: 1 | 2): readonly Float64Array[];
  /** |γ| of every batch normalisation of these channels, one number for each channel; empty where there is none. */
  gammas(): readonly Float32Array[];
}

export interface NetworkObservation {
  readonly graph: Graph;
  /** The groups that may be cut, in the order of the graph. */
  readonly groups: readonly GroupObservation[];
  /** By layer name; null unless the method observes feature maps. */
  readonly featureMaps: ReadonlyMap<string, FeatureMaps> | null;
}

/** What there is to see of a network: its prunable groups and their weights. */
export function observe(
  network: NetworkData,
  graph: Graph,
  groups: readonly DependencyGroup[],
  featureMaps: ReadonlyMap<string, FeatureMaps> | null = null,
): NetworkObservation {
  const weights = new Map(network.weights.map((weight) => [weight.name, weight]));
  const weightOf = (name: string): Weight => {
    const weight = weights.get(name);
    if (weight !== undefined) return weight;
    throw new EspalierError('BAD_NETWORK', `weight ${name} is missing`, {
      hint: 'Export topology and weights of the same network together.',
      path: ['weights', name],
    });
  };
  const hasWeight = (name: string) => weights.has(name);
  return {
    graph,
    groups: groups
      .filter(({ prunable }) => prunable)
      .map((group) => ({
        id: group.id,
        channels: group.channels,
        group,
        filters: once(() => filterBanks(graph, group, weightOf, hasWeight)),
        filterNorms: (order) => filterNorms(graph, group, weightOf, order),
        gammas: once(() => gammas(group, weightOf, hasWeight)),
      })),
    featureMaps,
  };
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: compute() }).value;
}
