import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EspalierError } from '@espalier/core';
import { FolderStorage } from './folder.ts';
import type { Storage } from './storage.ts';

/**
 * Opens the storage that `ESPALIER_STORAGE` names: a folder's path or a `file:///` URL.
 * @throws EspalierError `BAD_INPUT` for any other kind of address.
 */
export function openStorage(address: string): Storage {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
  if (scheme === undefined) return new FolderStorage(path.resolve(address));
  if (scheme === 'file') return new FolderStorage(fileURLToPath(address));
  throw new EspalierError('BAD_INPUT', `ESPALIER_STORAGE names "${scheme}:" storage, which is not known`, {
    hint: 'Give the path of a folder, or a file:/// URL.',
    path: ['ESPALIER_STORAGE'],
  });
}
