import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';

export interface Listing {
  /** Names, sorted by code units, so that the order is the same on every machine. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** What operating systems leave in folders on their own; everything else is meant by somebody. */
const isLitter = (name: string): boolean => name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini' || name === '__MACOSX';

/** A line break or another control character in a name could make two folders look like one in a digest or a log. */
// oxlint-disable-next-line no-control-regex
const strangeName = /[\u0000-\u001f\u007f\\]/;

/**
 * What lies in one folder of a dataset. Files that operating systems leave behind, and all whose names begin with a dot, are passed over. Links are followed
 * as long as they stay inside the dataset.
 * @param root the dataset's folder. @param folder relative to it; the root itself when left out.
 * @throws EspalierError `BAD_DATASET` for a folder that cannot be read, a name with control characters or a link that leads out of the dataset.
 */
export async function listFolder(root: string, folder = '.'): Promise<Listing> {
  const place = path.join(root, folder);
  const entries = await readdir(place, { withFileTypes: true }).catch((cause: unknown) => {
    throw new EspalierError('BAD_DATASET', `the dataset folder ${place} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name a folder that exists on the machine that does the work.',
      cause,
    });
  });
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of entries) {
    if (isLitter(entry.name)) continue;
    const name = path.posix.join(folder, entry.name);
    if (strangeName.test(entry.name)) throw strange(name);
    const kind = entry.isSymbolicLink() ? await linked(root, name) : entry;
    if (kind.isDirectory()) folders.push(entry.name);
    else if (kind.isFile()) files.push(entry.name);
  }
  return { folders: folders.sort(), files: files.sort() };
}

async function linked(root: string, name: string): Promise<{ isDirectory(): boolean; isFile(): boolean }> {
  try {
    const [realRoot, target] = await Promise.all([realpath(root), realpath(path.join(root, name))]);
    const relative = path.relative(realRoot, target);
    if (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)) return await stat(target);
  } catch (cause) {
    throw new EspalierError('BAD_DATASET', `${name} is a link that leads nowhere`, {
      hint: 'Mend or remove it.',
      path: ['dataset', name],
      cause,
    });
  }
  throw new EspalierError('BAD_DATASET', `${name} is a link that leads out of the dataset’s folder`, {
    hint: 'Put the files themselves there: a dataset is all that lies in its folder, and nothing else.',
    path: ['dataset', name],
  });
}

const strange = (name: string): EspalierError =>
  new EspalierError('BAD_DATASET', `the name ${JSON.stringify(name)} has a character that no name in a dataset may have`, {
    hint: 'Rename it, without backslashes and control characters.',
    path: ['dataset', name],
  });
