import { readdir } from 'node:fs/promises';
import { EspalierError } from '@espalier/core';
import { checkFolder } from './places.ts';

/** What a training is, beside its checkpoints. */
export const trainingNote = 'training.json';

/** Whether something was begun in a folder. A note alone is left by a training that was refused before its first step. */
export async function isBegun(folder: string): Promise<boolean> {
  const there = await readdir(folder).catch(() => []);
  return there.some((name) => name !== trainingNote);
}

/**
 * Checks the folder that a command is to work in, and leaves it as it is.
 * @throws EspalierError BAD_INPUT for one that can't be written, CONFLICT for one in which something lies already, unless the command is to go on there.
 */
export async function checkWorkFolder(folder: string, { resume }: { readonly resume?: boolean }): Promise<void> {
  checkFolder(folder, 'out');
  if (resume === true || !(await isBegun(folder))) return;
  throw new EspalierError('CONFLICT', `the folder ${folder} is not empty`, {
    hint: 'Name another folder, or go on with the run that is there: --resume',
    path: ['out'],
  });
}
