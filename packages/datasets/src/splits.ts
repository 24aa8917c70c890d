import { createGenerator, seedOfDigest } from '@espalier/core';
import type { Labels, StoredDataset } from './dataset.ts';

/**
 * Divides the stored training pictures into training and validation by a fixed rule: the members of each class are put in an order drawn
 * from the dataset's digest, and the first `validationRatio` of them (rounded) are held out. The same dataset and ratio always give the
 * same split, whoever asks; a larger ratio holds out all that a smaller one does.
 */
export function holdOut(dataset: StoredDataset, validationRatio: number): { training: Uint32Array; validation: Uint32Array } {
  if (!(validationRatio >= 0 && validationRatio < 1)) throw new RangeError(`validationRatio must be in [0, 1), but got ${validationRatio}`);
  const { kept, heldOut } = divide({ ...dataset, labels: dataset.training.labels }, validationRatio, 'validation');
  return { training: kept, validation: heldOut };
}

/**
 * Divides places 0 … labels.length − 1 as `holdOut` does.
 * @param purpose divisions for different purposes have nothing to do with each other.
 */
export function divide(
  { digest, classes, labels }: Pick<StoredDataset, 'digest' | 'classes'> & { readonly labels: Labels },
  ratio: number,
  purpose: 'validation' | 'test',
): { kept: Uint32Array; heldOut: Uint32Array } {
  const membersOf = classes.map((): number[] => []);
  for (let index = 0; index < labels.length; index++) membersOf[labels[index]!]!.push(index);
  const seed = seedOfDigest(digest);
  const isHeldOut = new Uint8Array(labels.length);
  membersOf.forEach((members, label) => {
    const count = Math.min(Math.round(ratio * members.length), members.length - 1);
    const order = createGenerator(seed, purpose, label).permutation(members.length);
    for (const place of order.subarray(0, Math.max(0, count))) isHeldOut[members[place]!] = 1;
  });
  const all = Uint32Array.from({ length: labels.length }, (_, index) => index);
  return { kept: all.filter((index) => isHeldOut[index] === 0), heldOut: all.filter((index) => isHeldOut[index] === 1) };
}
