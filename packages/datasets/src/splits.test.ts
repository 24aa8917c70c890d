import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredDataset } from './dataset.ts';
import { holdOut } from './splits.ts';

const storedDataset = (labels: number[], digest = 'a'.repeat(64)): StoredDataset => ({
  digest,
  shape: [1, 1, 1],
  classes: ['0', '1', '2'],
  training: { count: labels.length, pixels: new Uint8Array(labels.length), labels: Uint8Array.from(labels) },
  test: { count: 1, pixels: new Uint8Array(1), labels: new Uint8Array(1) },
});

const labelsArbitrary = fc.array(fc.nat(2), { minLength: 1, maxLength: 200 });
const ratioArbitrary = fc.double({ min: 0, max: 0.95, noNaN: true });

describe('the validation split', () => {
  it('and the training split share no picture and leave none out', () => {
    fc.assert(
      fc.property(labelsArbitrary, ratioArbitrary, (labels, ratio) => {
        const { training, validation } = holdOut(storedDataset(labels), ratio);
        expect([...training, ...validation].sort((a, b) => a - b)).toEqual(labels.map((_, index) => index));
      }),
    );
  });

  it('takes of each class its share, and never the last picture', () => {
    fc.assert(
      fc.property(labelsArbitrary, ratioArbitrary, (labels, ratio) => {
        const { validation } = holdOut(storedDataset(labels), ratio);
        for (const label of new Set(labels)) {
          const members = labels.filter((other) => other === label).length;
          const taken = validation.filter((index) => labels[index] === label).length;
          expect(taken).toBe(Math.min(Math.round(ratio * members), members - 1));
        }
      }),
    );
  });

  it('grows with the ratio without letting go of what it had', () => {
    const dataset = storedDataset(Array.from({ length: 90 }, (_, index) => index % 3));
    const smaller = holdOut(dataset, 0.1).validation;
    const larger = new Set(holdOut(dataset, 0.3).validation);
    expect(smaller.every((index) => larger.has(index))).toBe(true);
  });

  it('depends on the digest of the dataset and on nothing else', () => {
    const labels = Array.from({ length: 90 }, (_, index) => index % 3);
    expect(holdOut(storedDataset(labels), 0.2)).toEqual(holdOut(storedDataset(labels), 0.2));
    expect(holdOut(storedDataset(labels, 'b'.repeat(64)), 0.2)).not.toEqual(holdOut(storedDataset(labels), 0.2));
  });
});
