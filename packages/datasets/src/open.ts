import type { DatasetFormat, DatasetLocation, SplitName } from '@espalier/core';
import type { Dataset, LabelledImages, Split, StoredDataset } from './dataset.ts';
import { readIdxFolder } from './idx/folder.ts';
import { measureNormalisation } from './normalisation.ts';
import { holdOut } from './splits.ts';

/** One reader a format, all of them here. */
const readers: Readonly<Record<DatasetFormat, (path: string) => Promise<StoredDataset>>> = {
  idx: readIdxFolder,
};

/** Reads what lies at `location`, without dividing it further. */
export const readStoredDataset = ({ format, path }: DatasetLocation): Promise<StoredDataset> => readers[format](path);

/**
 * Opens a dataset with `validationRatio` of its training pictures held out (see `holdOut`).
 * @throws EspalierError `BAD_DATASET`, naming the file and what is wrong with it.
 */
export async function openDataset(location: DatasetLocation, { validationRatio = 0.1 } = {}): Promise<Dataset> {
  const stored = await readStoredDataset(location);
  const { training, validation } = holdOut(stored, validationRatio);
  const everyTestPicture = Uint32Array.from({ length: stored.test.count }, (_, index) => index);
  return {
    digest: stored.digest,
    shape: stored.shape,
    classes: stored.classes,
    normalisation: measureNormalisation(stored.training, stored.shape[2]),
    splits: {
      training: split('training', stored.training, training),
      validation: split('validation', stored.training, validation),
      test: split('test', stored.test, everyTestPicture),
    },
  };
}

const split = (name: SplitName, images: LabelledImages, indices: Uint32Array): Split => ({ name, images, indices });
