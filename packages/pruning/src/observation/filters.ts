import type { Weight } from '@espalier/core';
import { type DependencyGroup, type Graph, type GroupMember, type NamedWeightSpec, weightSpecs } from '@espalier/network';
import { gatherFilters, kernelLayout, sumsOfPowers } from './kernel.ts';

/**
 * The filters with which one layer makes the channels of a group, one canonical layout for every kind of kernel: row c holds all weights that
 * make channel c, so that scores need not know HWIO from HWIM or a dense matrix.
 */
export interface FilterBank {
  readonly layer: string;
  readonly channels: number;
  /** Weights of one filter: Cin · kH · kW for a convolution, the inputs for a dense layer. */
  readonly length: number;
  /** [kH, kW]: a filter is one such window for each input channel, and its weights are in the order [kH, kW, Cin]. 1 × 1 for a dense layer. */
  readonly window: readonly [height: number, width: number];
  /** How many filters one after the other make a channel: more than one in a grouped convolution. */
  readonly copies: number;
  /** [channels, length], row-major. */
  readonly weights: Float32Array;
  /** [channels], or null for a layer without. */
  readonly biases: Float32Array | null;
}

/** The weight that makes a layer's output channels, by role; a separable convolution's are made by its pointwise half. */
const makingRoles: readonly string[] = ['kernel', 'pointwise_kernel', 'depthwise_kernel'];

type WeightOf = (name: string) => Weight;

const windowOf = ({ shape }: NamedWeightSpec): readonly [number, number] => (shape.length === 4 ? [shape[0]!, shape[1]!] : [1, 1]);

export function filterBanks(graph: Graph, group: DependencyGroup, weightOf: WeightOf, hasWeight: (name: string) => boolean): FilterBank[] {
  return kernelsOf(graph, group).map(({ member, spec }) => {
    const bias = `${member.layer}/bias`;
    const { length, weights } = gatherFilters(weightOf(spec.name).values, kernelLayout(spec), member);
    return {
      layer: member.layer,
      channels: group.channels,
      length,
      window: windowOf(spec),
      copies: member.multiplicity,
      weights,
      biases: hasWeight(bias) ? sumOverCopies(weightOf(bias).values, member, group.channels) : null,
    };
  });
}

/** (Σ |w|ᵖ)^(1/p) of every channel's filters, one array for each bank of `filterBanks`, without gathering them. */
export function filterNorms(graph: Graph, group: DependencyGroup, weightOf: WeightOf, order: 1 | 2): Float64Array[] {
  return kernelsOf(graph, group).map(({ member, spec }) => {
    const sums = sumsOfPowers(weightOf(spec.name).values, kernelLayout(spec), member, group.channels, order);
    return order === 1 ? sums : sums.map(Math.sqrt);
  });
}

/** The kernels that make the channels of a group, in the order of the graph. */
function kernelsOf(graph: Graph, { members }: DependencyGroup): { member: GroupMember; spec: NamedWeightSpec }[] {
  const specs = specsByLayer(graph);
  return members
    .filter(({ role }) => role === 'out' || role === 'depthwise')
    .map((member) => {
      const ofLayer = specs.get(member.layer) ?? [];
      const spec = makingRoles.map((role) => ofLayer.find((candidate) => candidate.role === role)).find((found) => found !== undefined);
      if (spec === undefined) throw new Error(`${member.layer} makes channels without a kernel`);
      return { member, spec };
    });
}

/** Weights by the layer that owns them. */
const specsOfGraphs = new WeakMap<Graph, ReadonlyMap<string, readonly NamedWeightSpec[]>>();

export function specsByLayer(graph: Graph): ReadonlyMap<string, readonly NamedWeightSpec[]> {
  const known = specsOfGraphs.get(graph);
  if (known !== undefined) return known;
  const byLayer = new Map<string, NamedWeightSpec[]>();
  for (const spec of weightSpecs(graph)) byLayer.set(spec.node.layer, [...(byLayer.get(spec.node.layer) ?? []), spec]);
  specsOfGraphs.set(graph, byLayer);
  return byLayer;
}

function sumOverCopies(values: Float32Array, { indices, multiplicity }: GroupMember, channels: number): Float32Array {
  const sums = new Float32Array(channels);
  indices.forEach((place, row) => {
    sums[Math.floor(row / multiplicity)]! += values[place]!;
  });
  return sums;
}
