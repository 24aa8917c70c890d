import { type DatasetFormat, type DatasetLocation, type SplitName } from '@espalier/core';
import type { Dataset, Split, StoredDataset, StoredImages } from './dataset.ts';
import { idxReader } from './idx/reader.ts';
import { normalisationOf } from './normalisation.ts';
import type { Reader } from './reader.ts';
import { holdOut } from './splits.ts';

/** One reader a format, all of them here, in the order in which `datasetAt` asks them. */
export const readers: Readonly<Record<DatasetFormat, Reader>> = {
  idx: idxReader,
};

/** Reads what lies at `location`, without dividing it further. */
export async function readStoredDataset(location: DatasetLocation): Promise<StoredDataset> {
  const reader = readers[location.format];
  return reader.read(location);
}

/**
 * Opens a dataset with `validationRatio` of its training pictures held out (see `holdOut`), unless it sets pictures apart for validation itself.
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function openDataset(location: DatasetLocation, { validationRatio = 0.1 } = {}): Promise<Dataset> {
  const stored = await readStoredDataset(location);
  const normalisation = await normalisationOf(stored);
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

const wholeSplit = (name: SplitName, images: StoredImages): Split => ({
  name,
  images,
  indices: Uint32Array.from({ length: images.count }, (_, index) => index),
});
