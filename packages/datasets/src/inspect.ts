import { DatasetSummarySchema, type DatasetLocation, type DatasetSummary, type SplitName } from '@espalier/core';
import type { LabelledImages, StoredDataset } from './dataset.ts';
import { readStoredDataset } from './open.ts';
import { encodePng, pngDataUrl } from './png.ts';

const samplesPerClass = 3;

/**
 * Reads a dataset through once. The splits it tells are those that are stored; how much of the training split is held out for validation
 * is a matter of each recipe.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function inspectDataset(location: DatasetLocation): Promise<DatasetSummary> {
  const stored = await readStoredDataset(location);
  return DatasetSummarySchema.parse({
    digest: stored.digest,
    shape: stored.shape,
    classes: stored.classes,
    splits: [countSplit('training', stored.training, stored.classes.length), countSplit('test', stored.test, stored.classes.length)],
    samples: drawSamples(stored),
  });
}

function countSplit(name: SplitName, { count, labels }: LabelledImages, classCount: number): DatasetSummary['splits'][number] {
  const perClass = Array.from({ length: classCount }, () => 0);
  for (const label of labels) perClass[label]!++;
  return { name, examples: count, perClass };
}

/** The first few training pictures of each class. */
function drawSamples({ training, shape, classes }: StoredDataset): DatasetSummary['samples'] {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) return [];
  const imageSize = height * width * channels;
  return classes.flatMap((_, label) => {
    const members: number[] = [];
    for (let index = 0; index < training.count && members.length < samplesPerClass; index++) {
      if (training.labels[index] === label) members.push(index);
    }
    return members.map((index) => ({
      label,
      dataUrl: pngDataUrl(encodePng(training.pixels.subarray(index * imageSize, (index + 1) * imageSize), shape)),
    }));
  });
}
