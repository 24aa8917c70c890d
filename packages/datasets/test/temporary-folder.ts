import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';

/** A fresh folder for each test, removed after it. */
export interface TemporaryFolder {
  readonly path: string;
  /** Writes a file below it, with the folders on the way. */
  write(file: string, content: Uint8Array | string): Promise<void>;
}

export function temporaryFolder(): TemporaryFolder {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'dataset-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return {
    get path() {
      return folder;
    },
    async write(file, content) {
      const place = path.join(folder, file);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, content);
    },
  };
}

export const refusal = (message: RegExp) => expect.objectContaining({ code: 'BAD_DATASET', message: expect.stringMatching(message) });
