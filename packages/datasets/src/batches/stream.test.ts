import { createGenerator } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Augmentation } from '../augmentation/draw.ts';
import type { Dataset, Split } from '../dataset.ts';
import { measureNormalisation } from '../normalisation.ts';
import type { Batch } from './render.ts';
import { BatchStream, everyBatch } from './stream.ts';

/** Pictures of one pixel that says which picture it is; every label is that number modulo 10. */
function numberedPictures(count: number): Dataset {
  const numbers = Uint8Array.from({ length: count }, (_, index) => index);
  const images = { count, pixels: numbers, labels: numbers.map((number) => number % 10) };
  const split: Split = { name: 'training', images, indices: Uint32Array.from(numbers) };
  return {
    digest: '0'.repeat(64),
    shape: [1, 1, 1],
    classes: Array.from({ length: 10 }, String),
    normalisation: { mean: [0], standardDeviation: [1 / 255] },
    splits: { training: split, validation: split, test: split },
  };
}

const openStream = (dataset: Dataset, batchSize: number, augmentation: Augmentation = { padCrop: 0, horizontalFlip: false }): BatchStream =>
  new BatchStream(dataset, dataset.splits.training, {
    batchSize,
    shuffle: createGenerator(1, 'shuffle'),
    augment: createGenerator(1, 'augment'),
    augmentation,
  });

const numbersOf = (batch: Batch): number[] => Array.from(batch.images, (value) => Math.round(value));
async function take(stream: BatchStream, count: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  while (batches.length < count) batches.push(await stream.next());
  return batches;
}

describe('training batches', () => {
  it('show each picture at most once an epoch, with its own label', async () => {
    const stream = openStream(numberedPictures(23), 5);
    expect(stream.batchesPerEpoch).toBe(4);
    const batches = await take(stream, 4);
    const shown = batches.flatMap(numbersOf);
    expect(new Set(shown).size).toBe(20);
    expect(batches.flatMap(({ labels }) => [...labels])).toEqual(shown.map((number) => number % 10));
    expect(stream.position).toMatchObject({ epoch: 1, index: 0 });
  });

  it('come in another order in the next epoch', async () => {
    const stream = openStream(numberedPictures(20), 20);
    expect(numbersOf(await stream.next())).not.toEqual(numbersOf(await stream.next()));
  });

  it('are as large as the split where that is smaller than a batch', async () => {
    expect((await openStream(numberedPictures(3), 128).next()).labels).toHaveLength(3);
  });

  it('go on from any position as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 9 }), async (before, batchSize) => {
        const dataset = numberedPictures(23);
        const augmentation = { padCrop: 1, horizontalFlip: true };
        const uninterrupted = openStream(dataset, batchSize, augmentation);
        await take(uninterrupted, before);
        const position = structuredClone(uninterrupted.position);
        const resumed = openStream(dataset, batchSize, augmentation);
        resumed.seek(position);
        expect(await take(resumed, 10)).toEqual(await take(uninterrupted, 10));
      }),
    );
  });
});

describe('evaluation batches', () => {
  it('show every picture exactly once, in order, whatever the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), async (count, batchSize) => {
        const dataset = numberedPictures(count);
        const shown: number[] = [];
        for await (const batch of everyBatch(dataset, dataset.splits.test, batchSize)) {
          expect(batch.labels).toHaveLength(batchSize);
          shown.push(...numbersOf(batch).slice(0, batch.count));
        }
        expect(shown).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
    );
  });
});

describe('augmentation', () => {
  /** A picture of 2 × 2 pixels: 1 2 / 3 4. */
  const dataset: Dataset = {
    ...numberedPictures(1),
    shape: [2, 2, 1],
    splits: (() => {
      const images = { count: 1, pixels: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(0) };
      const split: Split = { name: 'training', images, indices: Uint32Array.of(0) };
      return { training: split, validation: split, test: split };
    })(),
  };

  it('pads with black and crops anywhere: all nine windows of a padding of one come up', async () => {
    const stream = openStream(dataset, 1, { padCrop: 1, horizontalFlip: false });
    const seen = new Set((await take(stream, 200)).map((batch) => numbersOf(batch).join(' ')));
    expect(seen).toEqual(new Set(['0 0 0 1', '0 0 1 2', '0 0 2 0', '0 1 0 3', '1 2 3 4', '2 0 4 0', '0 3 0 0', '3 4 0 0', '4 0 0 0']));
  });

  it('mirrors left and right about half of the time', async () => {
    const stream = openStream(dataset, 1, { padCrop: 0, horizontalFlip: true });
    const seen = (await take(stream, 1000)).map((batch) => numbersOf(batch).join(' '));
    expect(new Set(seen)).toEqual(new Set(['1 2 3 4', '2 1 4 3']));
    expect(seen.filter((view) => view === '2 1 4 3').length / seen.length).toBeCloseTo(0.5, 1);
  });
});

describe('augmentation that resizes', () => {
  const randomResizedCrop = { minimumArea: 0.5, maximumArea: 1 };

  it('is for pictures in memory as well', async () => {
    const images = { count: 2, pixels: Uint8Array.from({ length: 32 }, (_, index) => 8 * index), labels: Uint8Array.of(0, 1) };
    const split: Split = { name: 'training', images, indices: Uint32Array.of(0, 1) };
    const dataset: Dataset = { ...numberedPictures(1), shape: [4, 4, 1], splits: { training: split, validation: split, test: split } };
    const looks = (await take(openStream(dataset, 2, { padCrop: 0, horizontalFlip: false, randomResizedCrop }), 20)).map(numbersOf);
    expect(new Set(looks.map((look) => look.join(' '))).size).toBeGreaterThan(10);
    // A part of a picture has no value that the whole one has not.
    for (const look of looks) expect(Math.max(...look)).toBeLessThanOrEqual(248);
  });

  it('is refused by name for pictures that are neither grey nor in colour', () => {
    const dataset: Dataset = { ...numberedPictures(4), shape: [1, 1, 2] };
    expect(() => openStream(dataset, 2, { padCrop: 0, horizontalFlip: false, randomResizedCrop })).toThrow(
      expect.objectContaining({ code: 'BAD_RECIPE', message: expect.stringContaining('2 channels cannot be resized') }),
    );
  });
});

describe('normalisation', () => {
  it('is by the mean and standard deviation of each channel', () => {
    // Channel 0: 0, 255 → mean 0.5, deviation 0.5; channel 1: 51, 51 → mean 0.2 and no deviation, which counts as 1.
    const images = { count: 1, pixels: Uint8Array.of(0, 51, 255, 51), labels: Uint8Array.of(0) };
    const { mean, standardDeviation } = measureNormalisation(images, 2);
    expect(mean).toEqual([0.5, 0.2]);
    expect(standardDeviation).toEqual([0.5, 1]);
  });
});
