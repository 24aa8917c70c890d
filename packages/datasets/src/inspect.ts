import { datasetKinds, DatasetSummarySchema, type DatasetLocation, type DatasetSummary, type SplitName } from '@espalier/core';
import { pixelsOf, sizeOf } from './batches/render.ts';
import { inMemory, type ImageShape, type StoredDataset } from './dataset.ts';
import type { Scenes } from './detection/dataset.ts';
import { mapInParallel, type ReadingListener } from './in-parallel.ts';
import { readStoredDataset, readStoredScenes } from './open.ts';
import type { PictureFiles } from './pictures/files.ts';
import { evaluationCrop, wholeOf, type Crop, type Size } from './pictures/view.ts';
import { encodePng, pngDataUrl } from './png.ts';

type Sample = DatasetSummary['samples'][number];
type SplitSummary = DatasetSummary['splits'][number];

/** A few pictures of each class, and of very many classes one of the first. A summary is kept in a database and shown on a page. */
const samplesPerClass = 3;
const mostSamples = 60;
/** Pictures from files are shown no larger than this, in pixels. */
const thumbnailSide = 64;

/**
 * Reads a dataset through once: every picture is decoded, so that a damaged one is named here and not in the middle of a training. The splits it tells
 * are those that are stored; how much of the training split is held out for validation is a matter of each recipe.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function inspectDataset(location: DatasetLocation, heard?: ReadingListener): Promise<DatasetSummary> {
  const summary =
    datasetKinds[location.format] === 'detection' ? await summariseScenes(location, heard) : await summariseImages(location, heard);
  return DatasetSummarySchema.parse(summary);
}

async function summariseImages(location: DatasetLocation, heard?: ReadingListener): Promise<DatasetSummary> {
  const stored = await readStoredDataset(location, heard);
  const { digest, shape, resized, classes } = stored;
  const splits: SplitSummary[] = [];
  for (const name of ['training', 'validation', 'test'] as const) {
    const images = stored[name];
    if (images === undefined) continue;
    if (!inMemory(images)) await decodeEvery(images.files, shape[2], heard);
    splits.push({ name, examples: images.count, perClass: counted(images.labels, classes.length) });
  }
  return { digest, shape: [...shape], resized, classes: [...classes], splits, samples: await sampleImages(stored) };
}

async function summariseScenes(location: DatasetLocation, heard?: ReadingListener): Promise<DatasetSummary> {
  const { digest, shape, classes, training, test } = await readStoredScenes(location, heard);
  const summarise = async (name: SplitName, { count, files, boxes }: Scenes): Promise<SplitSummary> => {
    await decodeEvery(files, shape[2], heard);
    const labels = boxes.flatMap((objects) => objects.map(({ label }) => label));
    return { name, examples: count, perClass: counted(labels, classes.length) };
  };
  const splits = [await summarise('training', training), await summarise('test', test)];
  return { digest, shape: [...shape], classes: [...classes], splits, samples: await sampleScenes(training, classes.length, shape[2]) };
}

/** Small, for only whether it can be done is wanted. */
async function decodeEvery(files: PictureFiles, channels: number, heard?: ReadingListener): Promise<void> {
  const decode = (size: Size, index: number): Promise<unknown> => files.decode(index, wholeOf(size), [1, 1, channels]);
  await mapInParallel(files.all, decode, heard);
}

function counted(labels: Iterable<number>, classCount: number): number[] {
  const perClass = Array.from({ length: classCount }, () => 0);
  for (const label of labels) perClass[label]!++;
  return perClass;
}

/** The first few training pictures of each class. */
async function sampleImages({ training, shape, classes }: StoredDataset): Promise<Sample[]> {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) return [];
  const found = new FirstOfEach<number>(classes.length);
  for (let index = 0; index < training.count; index++) found.add(training.labels[index]!, index);
  const shown: ImageShape = inMemory(training) ? shape : [...thumbnailOf({ height, width }), channels];
  return mapInParallel(found.all(), async ({ label, item: index }) => {
    const crop = evaluationCrop(sizeOf(training, index, shape), { height, width });
    return { label, dataUrl: dataUrlOf(await pixelsOf(training, index, crop, shown), shown) };
  });
}

/** The first few objects of each class, cut out of their pictures. */
async function sampleScenes({ boxes, files }: Scenes, classCount: number, channels: number): Promise<Sample[]> {
  const found = new FirstOfEach<{ index: number; crop: Crop }>(classCount);
  boxes.forEach((objects, index) => {
    for (const { label, left, top, right, bottom } of objects) {
      const [x, y] = [Math.floor(left), Math.floor(top)];
      found.add(label, { index, crop: { left: x, top: y, width: Math.ceil(right) - x, height: Math.ceil(bottom) - y } });
    }
  });
  return mapInParallel(found.all(), async ({ label, item: { index, crop } }) => {
    const shown: ImageShape = [...thumbnailOf(crop), channels];
    return { label, dataUrl: dataUrlOf(await files.decode(index, crop, shown), shown) };
  });
}

const dataUrlOf = (pixels: Uint8Array, shape: ImageShape): string => pngDataUrl(encodePng(pixels, shape));

function thumbnailOf({ height, width }: Size): [height: number, width: number] {
  const scale = Math.min(1, thumbnailSide / Math.max(height, width));
  return [Math.max(1, Math.round(scale * height)), Math.max(1, Math.round(scale * width))];
}

/** Collects the first few items of each class. */
class FirstOfEach<Item> {
  readonly #perClass: number;
  readonly #items: Item[][];

  constructor(classCount: number) {
    this.#perClass = Math.max(1, Math.min(samplesPerClass, Math.floor(mostSamples / classCount)));
    this.#items = Array.from({ length: classCount }, () => []);
  }

  add(label: number, item: Item): void {
    const items = this.#items[label]!;
    if (items.length < this.#perClass) items.push(item);
  }

  all(): { label: number; item: Item }[] {
    return this.#items.flatMap((items, label) => items.map((item) => ({ label, item }))).slice(0, mostSamples);
  }
}
