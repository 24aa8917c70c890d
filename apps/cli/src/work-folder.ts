import { readdir } from 'node:fs/promises';
import { EspalierError } from '@espalier/core';
import { makeFolder } from './places.ts';

/**
 * Makes the folder that a command works in.
 * @throws EspalierError BAD_INPUT for one that can't be written, CONFLICT for one in which something lies already, unless the command is to go on there.
 */
export async function openWorkFolder(folder: string, { resume }: { readonly resume: boolean }): Promise<void> {
  makeFolder(folder, 'out');
  if (resume || (await readdir(folder)).length === 0) return;
  throw new EspalierError('CONFLICT', `the folder ${folder} is not empty`, {
    hint: 'Name another folder, or go on with the run that is there: --resume',
    path: ['out'],
  });
}
