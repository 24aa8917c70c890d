import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError, datasetFormats, type DatasetLocation } from '@espalier/core';
import { listFolder } from './listing.ts';
import { readers } from './open.ts';

/**
 * The dataset in a folder, its layout found by the names of what lies there; nothing is read yet.
 * @throws EspalierError `BAD_DATASET` that lists the layouts, for a folder that has none of them, or for what is no folder.
 */
export async function datasetAt(folder: string): Promise<DatasetLocation> {
  const state = await stat(folder).catch(() => null);
  if (state === null || !state.isDirectory()) {
    throw new EspalierError('BAD_DATASET', state === null ? `there is no folder ${folder}` : `${folder} is a file`, {
      hint: 'Name a folder that holds a dataset; unpack archives first.',
      path: ['dataset'],
    });
  }
  const listing = await listFolder(folder);
  const format = datasetFormats.find((candidate) => readers[candidate].recognises(listing));
  if (format !== undefined) return { format, path: path.resolve(folder) };
  const archive = listing.files.find((file) => /\.(tar|tgz|zip|tar\.(gz|bz2|xz))$/.test(file));
  if (archive !== undefined) {
    throw new EspalierError('BAD_DATASET', `${folder} holds the archive ${archive} and no dataset`, {
      hint: 'Unpack it there: archives are not read.',
      path: ['dataset', archive],
    });
  }
  const layouts = datasetFormats.map((candidate) => `${candidate}: ${readers[candidate].layout}`);
  throw new EspalierError('BAD_DATASET', `${folder} has the layout of no dataset that is known here`, {
    hint: `A dataset is a folder with one of:\n  ${layouts.join('\n  ')}`,
    path: ['dataset'],
  });
}
