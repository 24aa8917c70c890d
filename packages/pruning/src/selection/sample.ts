import type { Generator } from '@espalier/core';

/**
 * `count` different members of `items`, each the likelier the larger its weight (Efraimidis and Spirakis 2006: the largest of u^(1/w) without
 * replacement). A weight of zero is drawn only when nothing else is left. In the order of `items`.
 */
export function weightedSample(items: readonly number[], weights: readonly number[], count: number, generator: Generator): number[] {
  const keys = items.map((_, index) => Math.log(1 - generator.uniform()) / weights[index]!);
  const order = items.map((_, index) => index).sort((a, b) => compare(keys[b]!, keys[a]!) || a - b);
  return order
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((index) => items[index]!);
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
