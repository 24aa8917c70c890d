import type { FilterBank } from '../../observation/filters.ts';
import { notFinite } from '../faults.ts';

/**
 * The expectation scaling factor Ψ of every filter (Sun et al. 2023). For a filter w and an input x, E[x ∗ w] = Ψ(w)·E[x] away from the
 * borders, with Ψ(w) = Σ w: how much the filter scales the mean of what it sees. Linear, so no data is needed. A bias adds to it.
 *
 * `weights` [channels, length] → Ψ [channels], summed in double precision.
 */
export function expectationScaling({ layer, channels, length, weights, biases }: FilterBank, withBias: boolean): Float64Array {
  return Float64Array.from({ length: channels }, (_, channel) => {
    let sum = withBias && biases !== null ? biases[channel]! : 0;
    for (let place = channel * length; place < (channel + 1) * length; place++) sum += weights[place]!;
    if (!Number.isFinite(sum)) throw notFinite(layer, channel);
    return sum;
  });
}

/**
 * One Ψ for each channel of a group. Where several layers make its channels (a residual stream), their outputs are added, so their Ψ are too:
 * the mean over the layers, each divided by its own largest |Ψ| first, so that no layer drowns the others. With one layer it is that layer's Ψ.
 */
export function combinedScaling(ofLayers: readonly Float64Array[]): Float64Array {
  const [first] = ofLayers;
  if (first === undefined) throw new RangeError('a group without a kernel has no expectation scaling factor');
  if (ofLayers.length === 1) return first;
  const largest = ofLayers.map((psi) => psi.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  return first.map(
    (_, channel) =>
      ofLayers.reduce((sum, psi, layer) => sum + (largest[layer] === 0 ? 0 : psi[channel]! / largest[layer]!), 0) / ofLayers.length,
  );
}
