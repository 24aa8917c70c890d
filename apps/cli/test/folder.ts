import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** An empty folder that goes when the tests of the file are done, as a function that names places in it. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'espalier-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name) => path.join(folder, name);
}
