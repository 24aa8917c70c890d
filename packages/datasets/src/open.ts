import { EspalierError, shapeAt, type DatasetFormat, type DatasetLocation, type SplitName } from '@espalier/core';
import { cifar100Reader, cifar10Reader } from './cifar/reader.ts';
import type { Dataset, Split, StoredDataset, StoredImages } from './dataset.ts';
import type { DetectionDataset, SceneSplit, Scenes, StoredScenes } from './detection/dataset.ts';
import { idxReader } from './idx/reader.ts';
import { imageFolderReader } from './image-folder/reader.ts';
import type { ReadingListener } from './in-parallel.ts';
import { normalisationOf } from './normalisation.ts';
import type { Reader } from './reader.ts';
import { divide, holdOut } from './splits.ts';
import { vocReader } from './voc/reader.ts';

/** One reader a format, all of them here. */
export const readers: Readonly<Record<DatasetFormat, Reader>> = {
  idx: idxReader,
  cifar10: cifar10Reader,
  cifar100: cifar100Reader,
  voc: vocReader,
  'image-folder': imageFolderReader,
};

/**
 * Reads what lies at `location`, without dividing it further.
 * @throws EspalierError `BAD_DATASET`; also for a dataset of the other kind.
 */
export async function readStoredDataset(location: DatasetLocation, heard?: ReadingListener): Promise<StoredDataset> {
  const reader = readers[location.format];
  if (reader.kind === 'classification') return reader.read(location, heard);
  throw otherKind(location, 'has boxes for the objects in its pictures, and no one class of each picture', 'Train a detector with it.');
}

/** As `readStoredDataset`, for detection. */
export async function readStoredScenes(location: DatasetLocation, heard?: ReadingListener): Promise<StoredScenes> {
  const reader = readers[location.format];
  if (reader.kind === 'detection') return reader.read(location, heard);
  throw otherKind(location, 'has a class for each picture, and no boxes', 'A detector needs a dataset in the layout of PASCAL VOC.');
}

const otherKind = ({ format, path }: DatasetLocation, what: string, hint: string): EspalierError =>
  new EspalierError('BAD_DATASET', `the dataset ${path} (${format}) ${what}`, { hint, path: ['dataset'] });

export interface OpenOptions {
  /** The share of the training pictures that is held out. */
  readonly validationRatio?: number;
  readonly heard?: ReadingListener;
}

export interface OpenImagesOptions extends OpenOptions {
  /** What pictures that have to be resized are brought to, height and width, where the location does not say it: what the network takes. */
  readonly side?: number | undefined;
}

/**
 * Opens a dataset with `validationRatio` of its training pictures held out (see `holdOut`), unless it sets pictures apart for validation itself.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function openDataset(
  location: DatasetLocation,
  { validationRatio = 0.1, heard, side }: OpenImagesOptions = {},
): Promise<Dataset> {
  const found = await readStoredDataset(location, heard);
  const stored = { ...found, shape: shapeAt(found, side) };
  const normalisation = await normalisationOf(stored, heard);
  const { digest, shape, classes, test } = stored;
  return { digest, shape, classes, normalisation, splits: { ...trainingSplits(stored, validationRatio), test: wholeSplit('test', test) } };
}

function trainingSplits(stored: StoredDataset, validationRatio: number): Pick<Dataset['splits'], 'training' | 'validation'> {
  if (stored.validation !== undefined)
    return { training: wholeSplit('training', stored.training), validation: wholeSplit('validation', stored.validation) };
  const { training, validation } = holdOut(stored, validationRatio);
  return {
    training: { name: 'training', images: stored.training, indices: training },
    validation: { name: 'validation', images: stored.training, indices: validation },
  };
}

const wholeSplit = (name: SplitName, images: StoredImages): Split => ({ name, images, indices: placesOf(images.count) });

/**
 * Opens a detection dataset with `validationRatio` of its training pictures held out, by the rule of `holdOut`: the first object of a picture counts as its class.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function openDetectionDataset(
  location: DatasetLocation,
  { validationRatio = 0.1, heard }: OpenOptions = {},
): Promise<DetectionDataset> {
  const stored = await readStoredScenes(location, heard);
  const { digest, shape, classes, training, test } = stored;
  const labels = firstLabels(training);
  const pictures = { count: training.count, files: training.files, labels };
  const normalisation = await normalisationOf({ digest, shape, classes, training: pictures }, heard);
  const { kept, heldOut } = divide({ digest, classes, labels }, validationRatio, 'validation');
  const split = (name: SplitName, scenes: Scenes, indices: Uint32Array): SceneSplit => ({ name, scenes, indices });
  return {
    digest,
    shape,
    classes,
    normalisation,
    splits: {
      training: split('training', training, kept),
      validation: split('validation', training, heldOut),
      test: split('test', test, placesOf(test.count)),
    },
  };
}

export const firstLabels = ({ boxes }: Scenes): Uint16Array => Uint16Array.from(boxes, ([first]) => first?.label ?? 0);

const placesOf = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, index) => index);
