import { createGenerator, type NetworkData } from '@espalier/core';
import { type NamedWeightSpec, readGraph } from '@espalier/network';
import type { FilterBank } from '../../observation/filters.ts';
import { weightsByName } from '../../observation/observation.ts';
import { type KernelMask, type KernelRatios, maskedConvolutions, silentShare } from '../kernel-masks/kernel-mask.ts';
import { searchCentres } from './centres.ts';
import { groupClusterings } from './clusterings.ts';
import { leastCrowded } from './select.ts';
import { McicpSettingsSchema, type McicpSettings } from './settings.ts';

export interface McicpMaskRequest {
  readonly network: NetworkData;
  readonly ratios: KernelRatios;
  readonly seed: number;
  /** Left out: the defaults of the method. */
  readonly settings?: Partial<
    Pick<McicpSettings, 'normalisation' | 'maximumCentres' | 'restarts' | 'mutation' | 'adaptation' | 'populationSize' | 'generations'>
  >;
}

/**
 * MCICP with the kernel for its object, which is what the released codes of its group prune: a triple of expectation, variance and direction for every
 * window W[o][c], n = kH·kW weights; numbers of centres for all layers by one evolution; of each cluster the kernels in the thickest crowd fall silent,
 * trunc(ratio · kernels) of a layer, zero kernels first. A filter keeps one kernel at least, so that fewer may fall silent. A 1 × 1 kernel has no variance
 * and one of two directions, so that its weight alone tells it from others.
 *
 * A layer has up to a million kernels. So the quality of clusterings is that of Caliński and Harabasz, which is linear, and crowding distances are worked
 * out once. Throws BAD_INPUT for a ratio outside 0 … 1 or a layer that is no convolution, and BAD_NETWORK for weights that are not finite.
 */
export function mcicpKernelMask({ network, ratios, seed, settings = {} }: McicpMaskRequest): KernelMask {
  const complete = { ...McicpSettingsSchema.parse(settings), quality: 'calinski-harabasz' as const };
  const { weightOf } = weightsByName(network);
  const layers = maskedConvolutions(readGraph(network.topology), ratios).map(({ layer, ratio, spec }) => {
    const bank = kernelBank(layer, spec, weightOf(spec.name).values);
    const keep = bank.channels - Math.trunc(ratio * bank.channels);
    const group = { id: layer, channels: bank.channels, filters: () => [bank] };
    const generator = (centres: number) => createGenerator(seed, 'select', 'mcicp-kernels', layer, centres);
    return { layer, bank, keep, outputs: spec.shape[3]!, clusterings: groupClusterings(group, keep, complete, generator) };
  });
  const centres =
    layers.length === 0
      ? []
      : searchCentres(
          layers.map(({ clusterings }) => clusterings),
          complete,
          createGenerator(seed, 'select', 'mcicp-kernels', 'centres').uint32(),
        );
  const silent: Record<string, Uint8Array> = {};
  const reachedRatios: Record<string, number> = {};
  layers.forEach(({ layer, bank, keep, outputs, clusterings }, index) => {
    const { living, dead, features } = clusterings;
    const { labels } = clusterings.withCentres(centres[index]!);
    const norms = norm2(bank);
    const normOf = (point: number) => norms[living[point]!]!;
    const kept = leastCrowded({ features, labels, keep: Math.min(keep, living.length), thinning: 'at-once', normOf });
    const mask = new Uint8Array(bank.channels).fill(1);
    for (const point of kept) mask[living[point]!] = 0;
    for (const kernel of dead.slice(0, Math.max(0, keep - living.length))) mask[kernel] = 0;
    silent[layer] = everyFilterHears(mask, norms, outputs);
    reachedRatios[layer] = silentShare(silent[layer]);
  });
  return { silent, reachedRatios };
}

/** The kernels [inputs, outputs] of a layer as filters of one window each. */
function kernelBank(layer: string, { shape }: NamedWeightSpec, values: Float32Array): FilterBank {
  const [height, width, inputs, outputs] = shape as readonly [number, number, number, number];
  const channels = inputs * outputs;
  const length = height * width;
  const weights = new Float32Array(values.length);
  for (let place = 0; place < length; place++)
    for (let kernel = 0; kernel < channels; kernel++) weights[kernel * length + place] = values[place * channels + kernel]!;
  return { layer, channels, length, window: [height, width], copies: 1, weights, biases: null };
}

const norm2 = ({ channels, length, weights }: FilterBank): Float64Array =>
  Float64Array.from({ length: channels }, (_, kernel) => {
    let squares = 0;
    for (let place = kernel * length; place < (kernel + 1) * length; place++) squares += weights[place]! * weights[place]!;
    return Math.sqrt(squares);
  });

/** Gives a filter that would hear nothing its heaviest kernel back, of equals the lowest. */
function everyFilterHears(mask: Uint8Array, norms: Float64Array, outputs: number): Uint8Array {
  for (let filter = 0; filter < outputs; filter++) {
    let heaviest = filter;
    let hears = false;
    for (let kernel = filter; kernel < mask.length; kernel += outputs) {
      hears ||= mask[kernel] === 0;
      if (norms[kernel]! > norms[heaviest]!) heaviest = kernel;
    }
    if (!hears) mask[heaviest] = 0;
  }
  return mask;
}
