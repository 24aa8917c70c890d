import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';

/**
 * The path of a dataset that is named in place, in its plainest form. It must lie below one of the folders that the installation opens for
 * this, also after its links are followed where this machine sees them; workers check again what they see.
 * @throws EspalierError `BAD_INPUT`.
 */
export async function placeOfDataset(named: string, roots: readonly string[]): Promise<string> {
  const place = path.normalize(named).replace(/(?<=.)\/+$/, '');
  if (!path.isAbsolute(named) || named.includes('\0')) {
    throw new EspalierError('BAD_INPUT', `the path ${JSON.stringify(named)} is not absolute`, { path: ['path'] });
  }
  const [realPlace, ...realRoots] = await Promise.all([place, ...roots].map(followed));
  const allowed = roots.some((root) => isBelow(place, path.resolve(root))) && realRoots.some((root) => isBelow(realPlace ?? place, root));
  if (allowed) return place;
  throw new EspalierError('BAD_INPUT', `${place} does not lie below a data folder of this installation`, {
    hint: `Put the dataset below ${roots.join(' or ')}, or open another folder by ESPALIER_DATA_ROOTS.`,
    path: ['path'],
  });
}

function isBelow(place: string, root: string): boolean {
  const relative = path.relative(root, place);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** With links followed as far as the path exists here; a folder that only workers see has nothing to follow. */
async function followed(place: string): Promise<string> {
  const absolute = path.resolve(place);
  try {
    return await realpath(absolute);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const parent = path.dirname(absolute);
    if ((code === 'ENOENT' || code === 'ENOTDIR') && parent !== absolute) return path.join(await followed(parent), path.basename(absolute));
    if (code !== 'EACCES' && code !== 'ELOOP') throw error;
    throw new EspalierError('BAD_INPUT', `${absolute} cannot be followed (${code})`, {
      hint: 'Name the folder by a path whose every part may be entered.',
      path: ['path'],
      cause: error,
    });
  }
}
