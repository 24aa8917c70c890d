import path from 'node:path';
import { EspalierError } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { makeFolder } from './places.ts';

/** Writes a file that was asked for, in a folder that is made if there is none. Throws BAD_INPUT where that can't be, and DISK_FULL. */
export async function writeAskedFile(file: string, content: string): Promise<void> {
  try {
    makeFolder(path.dirname(path.resolve(file)), file);
    await writeFileAtomically(file, content);
  } catch (cause) {
    if (cause instanceof EspalierError) throw cause;
    throw new EspalierError('BAD_INPUT', `${file} can't be written: ${(cause as Error).message}`, {
      hint: 'Name a file in a folder that may be written.',
      path: [file],
      cause,
    });
  }
}
