import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createGenerator, SceneAugmentationSchema, type DatasetLocation } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectDataset } from '../inspect.ts';
import { openDetectionDataset } from '../open.ts';
import { decodeWholePicture } from '../pictures/decode.ts';
import { drawScene } from '../scenes/scene.ts';
import { shapes } from '../scenes/shapes.ts';
import { drawTexture } from '../scenes/texture.ts';
import { writeScenes } from '../scenes/write.ts';
import type { DetectionDataset } from './dataset.ts';
import { everyScene, SceneStream } from './stream.ts';

const options = { training: 14, test: 5, seed: 3 };
let folder = '';
let location: DatasetLocation;
let dataset: DetectionDataset;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'scenes-'));
  location = await writeScenes(path.join(folder, 'scenes'), options);
  dataset = await openDetectionDataset({ ...location, imageSize: 32 });
});
afterAll(() => rm(folder, { recursive: true }));

const openStream = (): SceneStream =>
  new SceneStream(dataset, dataset.splits.training, {
    batchSize: 4,
    shuffle: createGenerator(1, 'shuffle'),
    augment: createGenerator(1, 'augment'),
    augmentation: SceneAugmentationSchema.parse({}),
  });

describe('generated scenes', () => {
  it('are a dataset in the layout of VOC, the same whenever they are written', async () => {
    expect(dataset.splits.test.scenes.count).toBe(5);
    expect(dataset.classes.every((name) => shapes.some((shape) => shape.name === name))).toBe(true);
    const again = await writeScenes(path.join(folder, 'again'), options);
    expect((await openDetectionDataset(again)).digest).toBe(dataset.digest);
  });

  it('have boxes that touch what was painted on every side', () => {
    let alone = 0;
    for (let number = 0; number < 30; number++) {
      const { height, width, pixels, objects } = drawScene(createGenerator(number, 'scene'));
      const generator = createGenerator(number, 'scene');
      // What a scene draws first: its size and its ground.
      expect([200 + generator.integer(121), 200 + generator.integer(121)]).toEqual([height, width]);
      const ground = drawTexture({ height, width }, generator);
      if (objects.length > 1) continue;
      alone++;
      const painted = Array.from({ length: height * width }, (_, place) => place).filter((place) =>
        [0, 1, 2].some((channel) => pixels[3 * place + channel] !== ground[3 * place + channel]),
      );
      const [columns, rows] = [painted.map((place) => place % width), painted.map((place) => Math.floor(place / width))];
      const box = { left: Math.min(...columns), top: Math.min(...rows), right: Math.max(...columns) + 1, bottom: Math.max(...rows) + 1 };
      expect(objects[0]).toMatchObject(box);
    }
    expect(alone).toBeGreaterThan(2);
  });

  it('are summed up by objects, with a picture of a few of each class', async () => {
    const { splits, classes, samples } = await inspectDataset(location);
    const objects = dataset.splits.test.scenes.boxes.flat();
    expect(splits.map(({ name, examples }) => [name, examples])).toEqual([['training', 14], ['test', 5]]); // prettier-ignore
    expect(splits[1]!.perClass).toEqual(classes.map((_, label) => objects.filter((object) => object.label === label).length));
    expect(new Set(samples.map(({ label }) => label)).size).toBe(classes.length);
  });
});

describe('batches of scenes', () => {
  it('go on from any position as if nothing had happened, though batches are under way', async () => {
    const uninterrupted = openStream();
    for (let taken = 0; taken < 2; taken++) await uninterrupted.next();
    const position = structuredClone(uninterrupted.position);
    const resumed = openStream();
    await resumed.next();
    resumed.seek(position);
    for (let taken = 0; taken < 5; taken++) expect(await resumed.next()).toEqual(await uninterrupted.next());
  });

  it('show pictures at the size of the input, and boxes in shares of it', async () => {
    const { images, boxes, examples, size, count } = await openStream().next();
    expect([images.length, boxes.length, examples.length, size, count]).toEqual([4 * 32 * 32 * 3, 4, 4, 4, 4]);
    expect(images.every(Number.isFinite)).toBe(true);
    expect(
      boxes
        .flat()
        .every(({ left, top, right, bottom }) => 0 <= left && left < right && right <= 1 && 0 <= top && top < bottom && bottom <= 1),
    ).toBe(true);
  });

  it('for judging show every scene once, whole, with all its boxes', async () => {
    const { scenes } = dataset.splits.test;
    const seen: number[] = [];
    for await (const batch of everyScene(dataset, dataset.splits.test, 2)) {
      expect(batch.images).toHaveLength(2 * 32 * 32 * 3);
      batch.boxes.forEach((boxes, place) => expect(boxes).toHaveLength(scenes.boxes[batch.examples[place]!]!.length));
      seen.push(...batch.examples.subarray(0, batch.count));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('lay an expanded picture on ground in the mean colour, which is 0 when normalised', async () => {
    const stream = new SceneStream(dataset, dataset.splits.training, {
      batchSize: 1,
      shuffle: createGenerator(1, 'shuffle'),
      augment: createGenerator(1, 'augment'),
      augmentation: { photometricDistortion: false, largestExpansion: 16, overlapCrop: false, horizontalFlip: false },
    });
    const zeroShares: number[] = [];
    for (let taken = 0; taken < 12; taken++) {
      const { images } = await stream.next();
      // The mean rounded to a byte is off by half of one, less than 0.02 standard deviations of these scenes.
      zeroShares.push(images.filter((value) => Math.abs(value) < 0.02).length / images.length);
    }
    expect(Math.max(...zeroShares)).toBeGreaterThan(0.6);
    expect(Math.min(...zeroShares)).toBeLessThan(0.2);
  });

  it('show the pixels of the picture', async () => {
    const { scenes, indices } = dataset.splits.test;
    const { value: batch } = await everyScene(dataset, { ...dataset.splits.test, indices: indices.subarray(0, 1) }, 1).next();
    const { file, height, width } = scenes.files.all[0]!;
    const pixels = await decodeWholePicture(path.join(location.path, file), { height, width }, 3);
    const { mean, standardDeviation } = dataset.normalisation;
    for (const channel of [0, 1, 2]) {
      const shown = batch!.images.filter((_, index) => index % 3 === channel);
      const whole = pixels.filter((_, index) => index % 3 === channel);
      const average = (values: Iterable<number>): number => [...values].reduce((sum, value, _, { length }) => sum + value / length, 0);
      // Resizing keeps the mean, but for rounding to bytes and the weight of the outermost rows: within 2 of 255.
      expect(255 * (average(shown) * standardDeviation[channel]! + mean[channel]!)).toBeCloseTo(average(whole), -0.6);
    }
  });
});
