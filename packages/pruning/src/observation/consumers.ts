import type { Weight } from '@espalier/core';
import { type DependencyGroup, type Graph, type GroupMember, type NamedWeightSpec } from '@espalier/network';
import { specsByLayer } from './filters.ts';

/** What the kernels that read a group's channels have for each: one number a channel for each reading layer. */
export interface ConsumerNorms {
  readonly layer: string;
  /** [channels]: Σ w² over all weights with which the layer reads channel c. */
  readonly squares: Float64Array;
}

/** Σ w² of the weights that read each channel, layer by layer in the order of the graph. */
export function consumerNorms(graph: Graph, group: DependencyGroup, weightOf: (name: string) => Weight): ConsumerNorms[] {
  return group.members
    .filter(({ role }) => role === 'in')
    .flatMap((member) => {
      const spec = readingSpec(graph, member.layer);
      return spec === undefined
        ? []
        : [{ layer: member.layer, squares: squaresByInput(weightOf(spec.name).values, spec, member, group.channels) }];
    });
}

/** The kernel that reads a layer's input channels one by one. A depthwise one is not among them: it makes its channels. */
const readingSpec = (graph: Graph, layer: string): NamedWeightSpec | undefined =>
  specsByLayer(graph)
    .get(layer)
    ?.find(({ axes }) => axes.some((axis) => axis === 'in' || axis === 'in-of-one-group'));

function squaresByInput(values: Float32Array, { shape, axes }: NamedWeightSpec, { indices, multiplicity }: GroupMember, channels: number) {
  const axis = axes.findIndex((candidate) => candidate === 'in' || candidate === 'in-of-one-group');
  const inputs = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((total, size) => total * size, 1);
  const outer = shape.slice(0, axis).reduce((total, size) => total * size, 1);
  const squares = new Float64Array(channels);
  indices.forEach((place, row) => {
    // A grouped kernel has only the inputs of one group; places of other groups fall onto the same rows.
    const input = place % inputs;
    let sum = 0;
    for (let outside = 0; outside < outer; outside++) {
      const start = (outside * inputs + input) * inner;
      for (let inside = start; inside < start + inner; inside++) sum += values[inside]! * values[inside]!;
    }
    squares[Math.floor(row / multiplicity)]! += sum;
  });
  return squares;
}
