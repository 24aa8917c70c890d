import { createGenerator, type Generator, type NetworkData, type Weight } from '@espalier/core';
import { type Graph, type NamedWeightSpec, readGraph } from '@espalier/network';
import { weightsByName } from '../../observation/observation.ts';
import { notFinite } from '../faults.ts';
import { type KernelMask, type KernelRatios, maskedConvolutions, silentShare } from '../kernel-masks/kernel-mask.ts';
import { type ExpSettings } from './settings.ts';
import { similarityIndices, twoStepIndices } from './similarity.ts';

export interface KernelMaskRequest extends Pick<ExpSettings, 'levels' | 'scale'> {
  readonly network: NetworkData;
  readonly ratios: KernelRatios;
  /** A visits filters by ascending |γ| of their batch normalisation and counts the bias into Ψ; B takes a layer as a whole. */
  readonly way: 'A' | 'B';
  /** `index`: the similarity index S (the default); `two-step`: what the authors have in its place for ResNet-50 by way A, whatever `levels` and `scale` are. */
  readonly binning?: 'index' | 'two-step';
  readonly seed: number;
}

/**
 * What the authors' code does: it chooses kernels of each layer by itself, without a look at shortcuts. Of n look-alikes ⌈n·(1 − r − 0.1)⌉ random ones
 * survive, with r the largest ratio of any layer, and the others are silenced, largest bins first, until the layer's own share is full. A filter keeps one
 * kernel at least. Where the bins run out first, fewer are silenced. Throws BAD_INPUT for a ratio outside 0 … 1 or a layer that is no convolution.
 */
export function expKernelMask({ network, ratios, way, seed, binning = 'index', ...scaling }: KernelMaskRequest): KernelMask {
  const graph = readGraph(network.topology);
  const { weightOf, hasWeight } = weightsByName(network);
  const largestRatio = Object.values(ratios).reduce((most, ratio) => Math.max(most, ratio), 0);
  const silent: Record<string, Uint8Array> = {};
  const reachedRatios: Record<string, number> = {};
  for (const { layer, ratio, spec, number } of maskedConvolutions(graph, ratios)) {
    const bias = way === 'A' && hasWeight(`${layer}/bias`) ? weightOf(`${layer}/bias`).values : null;
    const psi = kernelSums(weightOf(spec.name), spec, bias);
    const order = way === 'A' ? filtersByGamma(graph, layer, spec, (name) => (hasWeight(name) ? weightOf(name).values : null)) : null;
    silent[layer] = silenceLayer({
      bins: binning === 'index' ? similarityIndices(psi, scaling) : twoStepIndices(psi, number),
      outputs: spec.shape[3]!,
      quota: Math.trunc(ratio * psi.length),
      survivingShare: Math.max(0, 1 - largestRatio - 0.1),
      filterOrder: order,
      generator: (...purpose) => createGenerator(seed, 'select', 'exp-kernels', layer, ...purpose),
    });
    reachedRatios[layer] = silentShare(silent[layer]);
  }
  return { silent, reachedRatios };
}

/** Ψ of every kernel: Σ over the window, with the filter's bias where it counts. Kernel [kH, kW, inputs, outputs] → [inputs, outputs]. */
function kernelSums({ values }: Weight, { node, shape }: NamedWeightSpec, biases: Float32Array | null): Float64Array {
  const kernels = shape[2]! * shape[3]!;
  const sums = new Float64Array(kernels);
  values.forEach((value, place) => (sums[place % kernels]! += value));
  return sums.map((sum, kernel) => {
    const total = sum + (biases?.[kernel % shape[3]!] ?? 0);
    if (!Number.isFinite(total)) throw notFinite(node.layer, kernel % shape[3]!);
    return total;
  });
}

/** The filters by ascending |γ| of the batch normalisation that reads the layer, of equals by index; as they are where there is none. */
function filtersByGamma(
  graph: Graph,
  layer: string,
  { shape }: NamedWeightSpec,
  valuesOf: (name: string) => Float32Array | null,
): number[] {
  const source = graph.nodes.find((node) => node.layer === layer)!.index;
  const reader = graph.nodes.find(({ type, inputs }) => type === 'BatchNormalization' && inputs.includes(source));
  const gamma = reader === undefined ? null : valuesOf(`${reader.layer}/gamma`);
  const filters = Array.from({ length: shape[3]! }, (_, filter) => filter);
  return gamma === null ? filters : filters.sort((a, b) => Math.abs(gamma[a]!) - Math.abs(gamma[b]!) || a - b);
}

interface LayerRequest {
  /** S of each kernel, [inputs, outputs]. */
  readonly bins: Int32Array;
  readonly outputs: number;
  readonly quota: number;
  readonly survivingShare: number;
  /** Null: the layer as a whole. */
  readonly filterOrder: readonly number[] | null;
  generator(...purpose: readonly (string | number)[]): Generator;
}

function silenceLayer({ bins, outputs, quota, survivingShare, filterOrder, generator }: LayerRequest): Uint8Array {
  const inputs = bins.length / outputs;
  const population = new Map<number, number>();
  for (const bin of bins) population.set(bin, (population.get(bin) ?? 0) + 1);
  // Of equally populated bins the lower; the authors leave it to the order of a set.
  const byPopulation = [...population.keys()].sort((a, b) => population.get(b)! - population.get(a)! || a - b);
  const everyKernel = Array.from(bins, (_, kernel) => kernel);
  const scopes =
    filterOrder === null
      ? [{ name: 'layer' as string | number, kernels: everyKernel }]
      : filterOrder.map((filter) => ({ name: filter, kernels: everyKernel.filter((kernel) => kernel % outputs === filter) }));
  const silent = new Uint8Array(bins.length);
  const heard = new Int32Array(outputs).fill(inputs);
  let open = quota;
  for (const { name, kernels } of scopes)
    for (const bin of byPopulation) {
      const alike = kernels.filter((kernel) => bins[kernel] === bin);
      const survivors = new Set(generator(name, bin).sample(alike, Math.ceil(alike.length * survivingShare)));
      for (const kernel of alike) {
        if (open === 0) return silent;
        if (survivors.has(kernel) || heard[kernel % outputs] === 1) continue;
        silent[kernel] = 1;
        heard[kernel % outputs]! -= 1;
        open--;
      }
    }
  return silent;
}
