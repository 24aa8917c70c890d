import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBelowDataRoots } from './data-roots.ts';

let folder: string;
let roots: string[];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'espalier-roots-'));
  for (const name of ['data/digits', 'data-of-others', 'more/..voc']) mkdirSync(path.join(folder, name), { recursive: true });
  symlinkSync(path.join(folder, 'data-of-others'), path.join(folder, 'data/link-out'));
  symlinkSync(path.join(folder, 'data/digits'), path.join(folder, 'link-in'));
  roots = [path.join(folder, 'data'), path.join(folder, 'absent'), path.join(folder, 'more')];
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the data folders', () => {
  it.each(['data/digits', 'data', 'link-in', 'more/..voc'])('hold %s', async (place) => {
    await expect(checkBelowDataRoots(path.join(folder, place), roots)).resolves.toBeUndefined();
  });

  it.each(['data-of-others', 'data/link-out', 'data/digits/../../data-of-others', '.'])('do not hold %s', async (place) => {
    await expect(checkBelowDataRoots(path.join(folder, place), roots)).rejects.toMatchObject({
      code: 'BAD_DATASET',
      hint: expect.stringContaining('ESPALIER_DATA_ROOTS'),
    });
  });

  it('are not asked about what is not there', async () => {
    await expect(checkBelowDataRoots(path.join(folder, 'data/nothing'), roots)).rejects.toMatchObject({
      code: 'BAD_DATASET',
      message: expect.stringContaining('data/nothing'),
    });
  });
});
