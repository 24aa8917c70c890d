import { EspalierError, type NetworkData, type Weight } from '@espalier/core';
import { type DependencyGroup, type Graph } from '@espalier/network';
import { type ConsumerNorms, consumerNorms } from './consumers.ts';
import { type FilterBank, filterBanks, filterNorms } from './filters.ts';
import { gammas } from './normalisation.ts';
import { type LayerStatistic, type Statistics, statisticsOfGroup } from './statistics.ts';

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
  /** Σ w² of the weights that read each channel, one list for each reading layer. */
  consumers(): readonly ConsumerNorms[];
  /** What was gathered of the layers that make or normalise these channels; empty for methods that look at weights alone. */
  statistics(): readonly LayerStatistic[];
}

export interface NetworkObservation {
  readonly graph: Graph;
  /** The groups that may be cut, in the order of the graph. */
  readonly groups: readonly GroupObservation[];
}

/** What there is to see of a network: its prunable groups, their weights, and what was gathered of their layers. */
export function observe(
  network: NetworkData,
  graph: Graph,
  groups: readonly DependencyGroup[],
  statistics: Statistics = new Map(),
): NetworkObservation {
  const { weightOf, hasWeight } = weightsByName(network);
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
        consumers: once(() => consumerNorms(graph, group, weightOf)),
        statistics: once(() => statisticsOfGroup(group, statistics)),
      })),
  };
}

export function weightsByName({ weights }: NetworkData): { weightOf(name: string): Weight; hasWeight(name: string): boolean } {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  return {
    hasWeight: (name) => byName.has(name),
    weightOf: (name) => {
      const weight = byName.get(name);
      if (weight !== undefined) return weight;
      throw new EspalierError('BAD_NETWORK', `weight ${name} is missing`, {
        hint: 'Export topology and weights of the same network together.',
        path: ['weights', name],
      });
    },
  };
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: compute() }).value;
}
