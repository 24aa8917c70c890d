import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createGenerator } from '@espalier/core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gradient, plainPng } from '../../test/pictures.ts';
import { refusal, temporaryFolder } from '../../test/temporary-folder.ts';
import type { Augmentation } from '../augmentation/draw.ts';
import type { Dataset } from '../dataset.ts';
import { inspectDataset } from '../inspect.ts';
import { openDataset } from '../open.ts';
import { BatchStream, everyBatch } from './stream.ts';

const folder = temporaryFolder();
const everything: Augmentation = {
  padCrop: 2,
  horizontalFlip: true,
  randomResizedCrop: { minimumArea: 0.2, maximumArea: 1 },
  colourJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
};
const plainly: Augmentation = { padCrop: 0, horizontalFlip: false };

/** Twelve pictures of two classes: the red of each is its number. */
async function numbered(): Promise<Dataset> {
  for (let number = 0; number < 12; number++) {
    const [name, side] = [number % 2 === 0 ? 'even' : 'odd', 9 + number];
    await folder.write(`train/${name}/${String(number).padStart(2, '0')}.png`, await plainPng(side, 2 * side, [10 * number, 0, 0]));
  }
  for (const name of ['even', 'odd']) await folder.write(`test/${name}/0.png`, await plainPng(4, 4));
  return openDataset({ format: 'image-folder', path: folder.path, imageSize: 8 }, { validationRatio: 0 });
}

const openStream = (dataset: Dataset, batchSize: number, augmentation: Augmentation): BatchStream =>
  new BatchStream(dataset, dataset.splits.training, {
    batchSize,
    shuffle: createGenerator(1, 'shuffle'),
    augment: createGenerator(1, 'augment'),
    augmentation,
  });

/** Which picture each of a batch is, by its red. */
function numbersOf({ normalisation: { mean, standardDeviation } }: Dataset, images: Float32Array): number[] {
  const imageSize = 8 * 8 * 3;
  return Array.from(
    { length: images.length / imageSize },
    (_, place) => Math.round((255 * (images[place * imageSize]! * standardDeviation[0]! + mean[0]!)) / 10) + 0,
  );
}

describe('batches of pictures from files', () => {
  it('show each picture once an epoch, with its own label', async () => {
    const dataset = await numbered();
    const stream = openStream(dataset, 3, plainly);
    const shown: number[] = [];
    for (let taken = 0; taken < 4; taken++) {
      const { images, labels } = await stream.next();
      const numbers = numbersOf(dataset, images);
      expect([...labels]).toEqual(numbers.map((number) => number % 2));
      shown.push(...numbers);
    }
    expect(shown.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, number) => number));
  });

  it.each([1, 3, 5])(
    'are the same in every run, and go on from any position, %i at a time, though others are under way',
    async (batchSize) => {
      const dataset = await numbered();
      const uninterrupted = openStream(dataset, batchSize, everything);
      const positions = [];
      const batches = [];
      for (let taken = 0; taken < 14; taken++) {
        positions.push(structuredClone(uninterrupted.position));
        batches.push(await uninterrupted.next());
      }
      for (const from of [0, 1, 6, 11]) {
        const resumed = openStream(dataset, batchSize, everything);
        await resumed.next();
        resumed.seek(positions[from]!);
        expect(resumed.position).toEqual(positions[from]);
        for (let place = from; place < from + 3; place++) expect(await resumed.next()).toEqual(batches[place]);
      }
    },
  );

  it('are changed by each kind of augmentation', async () => {
    await folder.write('a/0.png', await gradient(40, 60).png().toBuffer());
    await folder.write('a/1.png', await gradient(60, 40).png().toBuffer());
    for (const name of ['b/0.png', 'b/1.png', 'a/2.png', 'b/2.png']) await folder.write(name, await gradient(50, 50).png().toBuffer());
    const dataset = await openDataset({ format: 'image-folder', path: folder.path, imageSize: 16 }, { validationRatio: 0 });
    const looks = [
      plainly,
      { ...plainly, randomResizedCrop: everything.randomResizedCrop },
      { ...plainly, colourJitter: everything.colourJitter },
      everything,
    ];
    const first = await Promise.all(looks.map(async (augmentation) => (await openStream(dataset, 1, augmentation).next()).images.join()));
    expect(new Set(first).size).toBe(4);
  });

  it('for judging show every picture once, in order, and pad the last', async () => {
    const dataset = await numbered();
    const shown: number[] = [];
    for await (const { images, count } of everyBatch(dataset, dataset.splits.training, 5)) {
      expect(images).toHaveLength(5 * 8 * 8 * 3);
      shown.push(...numbersOf(dataset, images).slice(0, count));
    }
    expect(shown).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  });

  it('look at the centre of a picture as sharp cuts and resizes it', async () => {
    await folder.write('a/0.png', await gradient(40, 60).png().toBuffer());
    for (const name of ['b/0.png', 'b/1.png', 'a/1.png']) await folder.write(name, await gradient(20, 20).png().toBuffer());
    await folder.write('test/a/0.png', await gradient(40, 60).png().toBuffer());
    for (const name of ['train/a/0.png', 'train/b/0.png']) await folder.write(name, await gradient(20, 20).png().toBuffer());
    const dataset = await openDataset({ format: 'image-folder', path: folder.path, imageSize: 16 }, { validationRatio: 0 });
    const { value: batch } = await everyBatch(dataset, dataset.splits.test, 1).next();
    // 7/8 of the shorter side, 35 × 35, from the middle.
    const expected = await sharp(await gradient(40, 60).png().toBuffer())
      .extract({ left: 12, top: 2, width: 35, height: 35 })
      .resize({ width: 16, height: 16, fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    const { mean, standardDeviation } = dataset.normalisation;
    const bytes = [...batch!.images].map((value, index) => Math.round(255 * (value * standardDeviation[index % 3]! + mean[index % 3]!)));
    expect(bytes).toEqual([...expected]);
  });
});

describe('the normalisation of pictures in files', () => {
  it('is by mean and deviation of the training pictures alone', async () => {
    // Per channel: 0 and 255, mean 1/2, deviation 1/2; 51 and 102, mean 0.3, deviation 0.1; always 255, no deviation, which counts as 1.
    await folder.write('train/a/0.png', await plainPng(3, 3, [0, 51, 255]));
    await folder.write('train/b/0.png', await plainPng(3, 3, [255, 102, 255]));
    for (const name of ['a', 'b']) await folder.write(`test/${name}/0.png`, await plainPng(3, 3, [9, 9, 9]));
    const { normalisation } = await openDataset({ format: 'image-folder', path: folder.path });
    const close = (found: readonly number[], expected: readonly number[]): void =>
      found.forEach((value, channel) => expect(value).toBeCloseTo(expected[channel]!, 12));
    close(normalisation.mean, [0.5, 0.3, 1]);
    close(normalisation.standardDeviation, [0.5, 0.1, 1]);
  });
});

describe('a folder that changes while it is in use', () => {
  const takeUntilFailure = async (dataset: Dataset): Promise<never> => {
    const stream = openStream(dataset, 2, plainly);
    for (let taken = 0; taken < 6; taken++) await stream.next();
    throw new Error('nothing was noticed');
  };

  it.each([
    { name: 'a file is written anew', change: async (file: string) => writeFile(file, await plainPng(30, 30)) },
    { name: 'a file is touched', change: (file: string) => utimes(file, new Date(), new Date(2001, 1, 1)) },
    { name: 'a file goes away', change: (file: string) => rm(file) },
  ])('is noticed when $name', async ({ change }) => {
    const dataset = await numbered();
    await change(path.join(folder.path, 'train/odd/07.png'));
    await expect(takeUntilFailure(dataset)).rejects.toThrow(refusal(/train\/odd\/07\.png has changed since the dataset was opened/));
  });
});

describe('reading a dataset', () => {
  it('is told file by file, and ends when the listener throws', async () => {
    await numbered();
    const location = { format: 'image-folder', path: folder.path } as const;
    const told: string[] = [];
    await inspectDataset(location, (done, total) => told.push(`${done} of ${total}`));
    // Fourteen headers, then twelve training and two test pictures decoded.
    expect(told).toEqual([14, 12, 2].flatMap((total) => Array.from({ length: total }, (_, place) => `${place + 1} of ${total}`)));
    const stop = (done: number): void => {
      if (done === 3) throw new Error('told to stop');
    };
    await expect(openDataset(location, { heard: stop })).rejects.toThrow('told to stop');
  });
});

describe('damage that only decoding finds', () => {
  it('is named by inspection, and before the first step where the dataset is small', async () => {
    await numbered();
    // Whole to the end, but with zeros in the middle of its data.
    const file = await gradient(64, 64).png().toBuffer();
    file.fill(0, Math.floor(file.length / 3), Math.floor(file.length / 2));
    await folder.write('train/odd/99.png', file);
    const location = { format: 'image-folder', path: folder.path, imageSize: 8 } as const;
    await expect(inspectDataset(location)).rejects.toThrow(refusal(/train\/odd\/99\.png cannot be decoded/));
    await expect(openDataset(location)).rejects.toThrow(refusal(/train\/odd\/99\.png cannot be decoded/));
  });
});

describe('the summary of a folder', () => {
  it('counts every split by class and shows a few pictures of each, small', async () => {
    await numbered();
    const { splits, samples, shape, classes } = await inspectDataset({ format: 'image-folder', path: folder.path, imageSize: 200 });
    expect({ shape, classes }).toEqual({ shape: [200, 200, 3], classes: ['even', 'odd'] });
    expect(splits).toEqual([
      { name: 'training', examples: 12, perClass: [6, 6] },
      { name: 'test', examples: 2, perClass: [1, 1] },
    ]);
    expect(samples.map(({ label }) => label)).toEqual([0, 0, 0, 1, 1, 1]);
    const png = Buffer.from(samples[4]!.dataUrl.replace('data:image/png;base64,', ''), 'base64');
    expect(await sharp(png).metadata()).toMatchObject({ width: 64, height: 64 });
    // The second odd picture is number 3.
    expect([...(await sharp(png).extract({ left: 9, top: 9, width: 1, height: 1 }).raw().toBuffer())]).toEqual([30, 0, 0]);
  });
});
