import type { Operations } from '../layers/kind.ts';

/** How a convention turns operations into one number, and whether γ and β count as parameters in it. */
interface Convention {
  readonly countsNormalisation: boolean;
  cost(operations: Operations): number;
}

/**
 * The accounting conventions of the literature, for one image. None of them multiplies by two: what papers call FLOPs are multiply-accumulates.
 *
 * - `physical`: multiply-accumulates of convolutions and dense layers, no biases. The truth that Espalier plans by.
 * - `hrank`: the same and the dense biases; parameters without batch normalisation (HRank, CHIP, EXP).
 * - `ptflops`: the same and all biases, 2 for each normalised element, 1 for each rectified and each pooled one (Torch-Pruning, ACP, ICP).
 * - `old-thop`: the same and convolution biases, 4 for each normalised element, and for average pooling the window's side for each output,
 *   of global pooling each input element; this repeats what the counter did when the papers used it.
 */
export const conventions = {
  physical: { countsNormalisation: true, cost: ({ macs }) => macs },
  hrank: { countsNormalisation: false, cost: ({ macs, denseBiases }) => macs + denseBiases },
  ptflops: {
    countsNormalisation: true,
    cost: (o) => o.macs + o.convolutionBiases + o.denseBiases + 2 * o.normalised + o.rectified + o.maximumPooled + o.averagePooled,
  },
  'old-thop': {
    countsNormalisation: true,
    cost: (o) => o.macs + o.convolutionBiases + 4 * o.normalised + o.averagePoolingOfOldThop,
  },
} as const satisfies Record<string, Convention>;

export type ConventionName = keyof typeof conventions;
export const conventionNames: readonly ConventionName[] = ['physical', 'hrank', 'ptflops', 'old-thop'];
