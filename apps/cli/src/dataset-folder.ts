import { stat } from 'node:fs/promises';
import { EspalierError, type DatasetLocation } from '@espalier/core';

/** The dataset in a folder. Throws NOT_FOUND where there is none, BAD_INPUT for a file, and BAD_DATASET for a folder that holds no dataset. */
export async function datasetIn(folder: string): Promise<DatasetLocation> {
  const facts = await stat(folder).catch(() => null);
  const hint = 'Name a folder that holds a dataset; unpack archives first.';
  if (facts === null) throw new EspalierError('NOT_FOUND', `there is no folder ${folder}`, { hint, path: ['dataset'] });
  if (!facts.isDirectory()) throw new EspalierError('BAD_INPUT', `${folder} is not a folder`, { hint, path: ['dataset'] });
  const { datasetAt } = await import('@espalier/datasets');
  return datasetAt(folder);
}
