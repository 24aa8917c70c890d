import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';

/**
 * All that a file of a dataset holds.
 * @param file relative to `folder`.
 * @throws EspalierError `BAD_DATASET`, naming it, when it cannot be read: it went away since the folder was listed, nobody may read it, or it is larger than 2 GiB.
 */
export async function readDatasetFile(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(path.join(folder, file));
  } catch (cause) {
    throw new EspalierError('BAD_DATASET', `${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'See that this process may read it, and leave the folder alone while it is in use.',
      path: ['dataset', file],
      cause,
    });
  }
}
