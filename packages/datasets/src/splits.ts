import { createGenerator } from '@espalier/core';
import type { StoredDataset } from './dataset.ts';

/**
 * Divides the stored training pictures into training and validation by a fixed rule: the members of each class are put in an order drawn
 * from the dataset's digest, and the first `validationRatio` of them (rounded) are held out. The same dataset and ratio always give the
 * same split, whoever asks; a larger ratio holds out all that a smaller one does.
 */
export function holdOut(dataset: StoredDataset, validationRatio: number): { training: Uint32Array; validation: Uint32Array } {
  if (!(validationRatio >= 0 && validationRatio < 1)) throw new RangeError(`validationRatio must be in [0, 1), but got ${validationRatio}`);
  const membersOf = dataset.classes.map((): number[] => []);
  for (let index = 0; index < dataset.training.count; index++) membersOf[dataset.training.labels[index]!]!.push(index);
  // 48 bits of the digest, as many whole hexadecimal digits as a safe integer holds.
  const seed = Number.parseInt(dataset.digest.slice(0, 12), 16);
  const heldOut = new Uint8Array(dataset.training.count);
  membersOf.forEach((members, label) => {
    const count = Math.min(Math.round(validationRatio * members.length), members.length - 1);
    const order = createGenerator(seed, 'validation', label).permutation(members.length);
    for (const place of order.subarray(0, Math.max(0, count))) heldOut[members[place]!] = 1;
  });
  const all = Uint32Array.from({ length: dataset.training.count }, (_, index) => index);
  return { training: all.filter((index) => heldOut[index] === 0), validation: all.filter((index) => heldOut[index] === 1) };
}
