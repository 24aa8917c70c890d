import { EspalierError } from '@espalier/core';
import { readGraph, type RemovalRates } from '@espalier/network';
import { buildZooTopology } from './zoo.ts';

/** Which of the paper's rates, counted from 0, each convolution takes. */
type RateOfConvolution = (layers: readonly string[]) => ReadonlyMap<string, number>;

const inOrder: RateOfConvolution = (layers) => new Map(layers.map((layer, index) => [layer, index]));

/** In the codes a stage's shortcut comes before its blocks. */
const shortcutsFirst: RateOfConvolution = (layers) => {
  const rank = (layer: string): number[] => {
    const [, stage = '0', block = '0', part = '0'] = /^stage(\d)_block(\d+)_(\d|shortcut)/.exec(layer) ?? [];
    return part === 'shortcut' ? [Number(stage), 0, 0] : [Number(stage), Number(block), Number(part)];
  };
  const compare = (a: number[], b: number[]) => a.map((value, index) => value - b[index]!).find((difference) => difference !== 0) ?? 0;
  return inOrder(layers.toSorted((a, b) => compare(rank(a), rank(b))));
};

/**
 * One rate for the stem and one for each inception module, for all its convolutions but the 1 × 1 reductions. Module 4c takes the rate of 4d, and the fifth is
 * never used: a slip of the codes that their printed numbers contain.
 */
const byInceptionModule: RateOfConvolution = (layers) => {
  const rateOf: Readonly<Record<string, number>> = { '3a': 1, '3b': 2, '4a': 3, '4b': 4, '4c': 6, '4d': 6, '4e': 7, '5a': 8, '5b': 9 };
  const pairs = layers.flatMap((layer): [string, number][] => {
    const [, module, part] = /^inception(\w\w)_(\w+)_conv$/.exec(layer) ?? [];
    if (module === undefined) return [[layer, 0]];
    return part!.endsWith('_reduce') ? [] : [[layer, rateOf[module]!]];
  });
  return new Map(pairs);
};

const orders: Readonly<Record<string, RateOfConvolution>> = {
  resnet56: inOrder,
  resnet110: inOrder,
  'vgg16-cifar': inOrder,
  'vgg16-cifar-linear': inOrder,
  'googlenet-cifar': byInceptionModule,
  resnet50: shortcutsFirst,
};

/** The zoo networks for which the papers' order of rates is known. */
export const networksWithPublishedRates: readonly string[] = Object.keys(orders);

/**
 * The rates that HRank (Lin et al. 2020), CHIP or EXP print for a network, by layer name: what `hrankRuleCost` takes. Throws BAD_INPUT for a network whose
 * order is not known, or too few or too many rates.
 */
export function publishedRates(name: string, rates: readonly number[]): RemovalRates {
  const order = orders[name];
  if (order === undefined)
    throw new EspalierError('BAD_INPUT', `in which order papers give rates for ${name} is not known`, {
      hint: `Choose one of ${networksWithPublishedRates.join(', ')}.`,
      path: ['name'],
    });
  const { nodes } = readGraph(buildZooTopology(name));
  const rateOf = order(nodes.filter(({ type }) => type === 'Conv2D').map(({ layer }) => layer));
  const count = 1 + Math.max(...rateOf.values());
  if (rates.length !== count)
    throw new EspalierError('BAD_INPUT', `${name} takes ${count} rates, but got ${rates.length}`, {
      hint: 'Give one rate for each convolution in the order of the paper’s code.',
      path: ['rates'],
    });
  return Object.fromEntries(Array.from(rateOf, ([layer, index]) => [layer, rates[index]!]));
}
