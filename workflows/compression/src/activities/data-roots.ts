import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';

/**
 * Makes sure that a dataset named in place lies where this worker may read: links are followed first, so that none leads out.
 * @throws EspalierError `BAD_DATASET`.
 */
export async function checkBelowDataRoots(dataset: string, roots: readonly string[]): Promise<void> {
  const place = await realpath(dataset).catch((cause: unknown) => {
    throw new EspalierError('BAD_DATASET', `there is no ${dataset} on this worker`, {
      hint: 'Name a folder that every worker of the pool sees under the same path.',
      path: ['path'],
      cause,
    });
  });
  for (const root of roots) {
    const top = await realpath(root).catch(() => null);
    if (top !== null && isWithin(place, top)) return;
  }
  throw new EspalierError('BAD_DATASET', `${dataset} lies outside the folders that datasets may be read from`, {
    hint: `Move it below one of ${roots.join(', ')}, or add its folder to ESPALIER_DATA_ROOTS.`,
    path: ['path'],
  });
}

function isWithin(place: string, top: string): boolean {
  const relative = path.relative(top, place);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
}
