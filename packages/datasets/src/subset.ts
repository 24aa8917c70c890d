import { createGenerator, seedOfDigest } from '@espalier/core';
import type { Dataset, Labels, Split } from './dataset.ts';

/**
 * A part of a split in which every class has the share that it has in the whole split, rounded by largest remainders. Which pictures are taken depends
 * on the dataset's digest, the split and the count alone, so whoever asks gets the same ones. The whole split where it is no larger than `count`.
 * @param count at least 1.
 */
export function stratifiedSubset(dataset: Identified, split: Split, count: number): Split {
  return count >= split.indices.length ? split : { ...split, indices: stratifiedPlaces(dataset, split, split.images.labels, count) };
}

export type Identified = Pick<Dataset, 'digest' | 'classes'>;

/** @param labels of everything that is stored, of which the split's `indices` are the places. @param count see `stratifiedSubset`. */
export function stratifiedPlaces(
  dataset: Identified,
  { name, indices }: Pick<Split, 'name' | 'indices'>,
  labels: Labels,
  count: number,
): Uint32Array {
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`a subset needs a whole number of pictures from 1, but got ${count}`);
  const membersOf = dataset.classes.map((): number[] => []);
  for (const index of indices) membersOf[labels[index]!]!.push(index);
  const shares = membersOf.map(({ length }, label) => ({ label, exact: (count * length) / indices.length }));
  const quotas = shares.map(({ exact }) => Math.floor(exact));
  const left = count - quotas.reduce((sum, quota) => sum + quota, 0);
  const byRemainder = shares.toSorted((a, b) => (b.exact % 1) - (a.exact % 1) || a.label - b.label);
  for (const { label } of byRemainder.slice(0, left)) quotas[label]!++;
  const seed = seedOfDigest(dataset.digest);
  const taken = membersOf.flatMap((members, label) => {
    const order = createGenerator(seed, 'subset', name, label).permutation(members.length);
    return Array.from(order.subarray(0, quotas[label]), (place) => members[place]!);
  });
  return Uint32Array.from(taken).sort();
}
