import { DatasetSummarySchema, type DatasetLocation, type DatasetSummary, type SplitName } from '@espalier/core';
import { pixelsOf, sizeOf } from './batches/render.ts';
import { inMemory, type ImageShape, type StoredDataset, type StoredImages } from './dataset.ts';
import { mapInParallel } from './in-parallel.ts';
import { readStoredDataset } from './open.ts';
import { evaluationCrop } from './pictures/view.ts';
import { encodePng, pngDataUrl } from './png.ts';

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
export async function inspectDataset(location: DatasetLocation): Promise<DatasetSummary> {
  const stored = await readStoredDataset(location);
  const { digest, shape, classes } = stored;
  const splits = (['training', 'validation', 'test'] as const).flatMap((name) => {
    const images = stored[name];
    return images === undefined ? [] : [{ name, images }];
  });
  for (const { images } of splits) await decodeEvery(images, shape);
  return DatasetSummarySchema.parse({
    digest,
    shape,
    classes,
    splits: splits.map(({ name, images }) => countSplit(name, images, classes.length)),
    samples: await drawSamples(stored),
  });
}

async function decodeEvery(images: StoredImages, shape: ImageShape): Promise<void> {
  if (inMemory(images)) return;
  const [height, width] = shape;
  await mapInParallel(images.files.all, async (file, index) => {
    await images.files.decode(index, evaluationCrop(file, { height, width }), shape);
  });
}

function countSplit(name: SplitName, { count, labels }: StoredImages, classCount: number): DatasetSummary['splits'][number] {
  const perClass = Array.from({ length: classCount }, () => 0);
  for (const label of labels) perClass[label]!++;
  return { name, examples: count, perClass };
}

/** The first few training pictures of each class. */
async function drawSamples({ training, shape, classes }: StoredDataset): Promise<DatasetSummary['samples']> {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) return [];
  const scale = inMemory(training) ? 1 : Math.min(1, thumbnailSide / Math.max(height, width));
  const shown: ImageShape = [Math.max(1, Math.round(scale * height)), Math.max(1, Math.round(scale * width)), channels];
  const perClass = Math.max(1, Math.min(samplesPerClass, Math.floor(mostSamples / classes.length)));
  const found = classes.map((): number[] => []);
  for (let index = 0; index < training.count; index++) {
    const members = found[training.labels[index]!]!;
    if (members.length < perClass) members.push(index);
  }
  const samples = found.flatMap((members, label) => members.map((index) => ({ label, index }))).slice(0, mostSamples);
  return mapInParallel(samples, async ({ label, index }) => {
    const crop = evaluationCrop(sizeOf(training, index, shape), { height, width });
    return { label, dataUrl: pngDataUrl(encodePng(await pixelsOf(training, index, crop, shown), shown)) };
  });
}
