import { mkdir, readdir } from 'node:fs/promises';
import { EspalierError } from '@espalier/core';

/**
 * Makes the folder that a command works in.
 * @throws EspalierError CONFLICT for one in which something lies already, unless the command is to go on there.
 */
export async function openWorkFolder(folder: string, { resume }: { readonly resume: boolean }): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (resume || (await readdir(folder)).length === 0) return;
  throw new EspalierError('CONFLICT', `the folder ${folder} is not empty`, {
    hint: 'Name another folder, or go on with the run that is there: --resume',
    path: ['out'],
  });
}
