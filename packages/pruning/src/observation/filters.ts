import type { Weight } from '@espalier/core';
import { type DependencyGroup, type Graph, type GroupMember, type NamedWeightSpec, weightSpecs } from '@espalier/network';

/**
 * The filters with which one layer makes the channels of a group, one canonical layout for every kind of kernel: row c holds all weights that
 * make channel c, so that scores need not know HWIO from HWIM or a dense matrix.
 */
export interface FilterBank {
  readonly layer: string;
  readonly channels: number;
  /** Weights of one filter: Cin · kH · kW for a convolution, the inputs for a dense layer. */
  readonly length: number;
  /** [channels, length], row-major. */
  readonly weights: Float32Array;
  /** [channels], or null for a layer without. */
  readonly biases: Float32Array | null;
}

/** The weight that makes a layer's output channels, by role; a separable convolution's are made by its pointwise half. */
const makingRoles: readonly string[] = ['kernel', 'pointwise_kernel', 'depthwise_kernel'];

export function filterBanks(
  graph: Graph,
  group: DependencyGroup,
  weightOf: (name: string) => Weight,
  hasWeight: (name: string) => boolean,
): FilterBank[] {
  const specs = specsByLayer(graph);
  return group.members
    .filter(({ role }) => role === 'out' || role === 'depthwise')
    .map((member) => {
      const ofLayer = specs.get(member.layer) ?? [];
      const spec = makingRoles.map((role) => ofLayer.find((candidate) => candidate.role === role)).find((found) => found !== undefined);
      if (spec === undefined) throw new Error(`${member.layer} makes channels without a kernel`);
      const bias = `${member.layer}/bias`;
      const { length, weights } = gatherFilters(weightOf(spec.name), outputStrides(spec), member, group.channels);
      return {
        layer: member.layer,
        channels: group.channels,
        length,
        weights,
        biases: hasWeight(bias) ? sumOverCopies(weightOf(bias).values, member, group.channels) : null,
      };
    });
}

const specsOfGraphs = new WeakMap<Graph, ReadonlyMap<string, readonly NamedWeightSpec[]>>();

function specsByLayer(graph: Graph): ReadonlyMap<string, readonly NamedWeightSpec[]> {
  const known = specsOfGraphs.get(graph);
  if (known !== undefined) return known;
  const byLayer = new Map<string, NamedWeightSpec[]>();
  for (const spec of weightSpecs(graph)) byLayer.set(spec.node.layer, [...(byLayer.get(spec.node.layer) ?? []), spec]);
  specsOfGraphs.set(graph, byLayer);
  return byLayer;
}

/** How a kernel, seen as [outer, outputs, inner], is laid out: the output axis and what lies outside and inside of it. */
interface OutputStrides {
  readonly outer: number;
  readonly outputs: number;
  readonly inner: number;
}

/** A depthwise kernel [kH, kW, C, m] makes output c·m + j by its last two axes together. */
function outputStrides({ role, shape, axes }: NamedWeightSpec): OutputStrides {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  if (role === 'depthwise_kernel') return { outer: product(shape.slice(0, 2)), outputs: product(shape.slice(2)), inner: 1 };
  const axis = axes.indexOf('out');
  return { outer: product(shape.slice(0, axis)), outputs: shape[axis]!, inner: product(shape.slice(axis + 1)) };
}

/** Row c: the filters of all output places that are channel c (more than one in a grouped convolution), one after the other. */
function gatherFilters(
  { values }: Weight,
  { outer, outputs, inner }: OutputStrides,
  { indices, multiplicity }: GroupMember,
  channels: number,
) {
  const filterLength = outer * inner;
  const length = filterLength * multiplicity;
  const weights = new Float32Array(channels * length);
  indices.forEach((output, row) => {
    let place = row * filterLength;
    for (let outside = 0; outside < outer; outside++) {
      const start = (outside * outputs + output) * inner;
      for (let inside = 0; inside < inner; inside++) weights[place++] = values[start + inside]!;
    }
  });
  return { length, weights };
}

function sumOverCopies(values: Float32Array, { indices, multiplicity }: GroupMember, channels: number): Float32Array {
  const sums = new Float32Array(channels);
  indices.forEach((place, row) => {
    sums[Math.floor(row / multiplicity)]! += values[place]!;
  });
  return sums;
}
