import { EspalierError, type NetworkData } from '@espalier/core';
import { type Graph, type NamedWeightSpec, weightSpecs } from '@espalier/network';

/**
 * Silent kernels: windows [kH, kW] with which one filter reads one input channel, set to zero. It is what the released codes of EXP's and MCICP's authors
 * prune. The network gets no smaller and no faster by it; it is here to be compared with.
 */
export interface KernelMask {
  /** By layer: which kernels are silent, [inputs, outputs] row-major, 1 for silent. */
  readonly silent: Readonly<Record<string, Uint8Array>>;
  /** By layer: the share of its kernels that is silent, at most what was asked for. */
  readonly reachedRatios: Readonly<Record<string, number>>;
}

/** The share of kernels to silence by convolution; layers that are not named stay as they are. */
export type KernelRatios = Readonly<Record<string, number>>;

/** The network with the silent kernels set to zero. The given one stays as it is. */
export function withSilentKernels(network: NetworkData, { silent }: KernelMask): NetworkData {
  return {
    ...network,
    weights: network.weights.map((weight) => {
      const mask = weight.name.endsWith('/kernel') ? silent[weight.name.slice(0, -'/kernel'.length)] : undefined;
      return mask === undefined
        ? weight
        : { ...weight, values: weight.values.map((value, place) => (mask[place % mask.length] === 1 ? 0 : value)) };
    }),
  };
}

/** A convolution whose kernels are to be silenced: its kernel is [kH, kW, inputs, outputs]. */
export interface MaskedConvolution {
  readonly layer: string;
  readonly ratio: number;
  readonly spec: NamedWeightSpec;
  /** Its place among the convolutions in the order of the graph, counted from 1. */
  readonly number: number;
}

/** The convolutions that are named. Throws BAD_INPUT for a ratio outside 0 … 1 or a layer that is no convolution. */
export function maskedConvolutions(graph: Graph, ratios: KernelRatios): MaskedConvolution[] {
  const convolutions = weightSpecs(graph).filter(({ name, shape }) => name.endsWith('/kernel') && shape.length === 4);
  return Object.entries(ratios).map(([layer, ratio]) => {
    if (!(ratio >= 0 && ratio <= 1)) throw badRatio(layer, `its ratio must be from 0 to 1, but is ${ratio}`);
    const place = convolutions.findIndex(({ name }) => name === `${layer}/kernel`);
    if (place < 0) throw badRatio(layer, 'it is no convolution of this network');
    return { layer, ratio, spec: convolutions[place]!, number: place + 1 };
  });
}

/** The share of a layer's kernels that is silent. */
export const silentShare = (silent: Uint8Array): number => silent.reduce((sum, one) => sum + one, 0) / silent.length;

const badRatio = (layer: string, message: string): EspalierError =>
  new EspalierError('BAD_INPUT', `layer ${layer}: ${message}`, {
    hint: 'Name convolutions of this network, each with the share of its kernels to silence.',
    path: ['ratios', layer],
  });
