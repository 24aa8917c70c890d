import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OutputFile } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { FolderStorage } from '@espalier/storage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeCheckpoint } from './store-checkpoint.ts';

let folder: string;
let storage: FolderStorage;
let announced: OutputFile;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'espalier-checkpoint-'));
  storage = new FolderStorage(path.join(folder, 'artifacts'));
  const file = path.join(folder, 'checkpoint-000000007.bin');
  writeFileSync(file, 'seventh');
  announced = { name: 'checkpoint', path: file, kind: 'checkpoint', digest: digestOf('seventh'), bytes: 7 };
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a checkpoint that a trainer announced', () => {
  it('is kept in the storage', async () => {
    expect(await storeCheckpoint(storage, announced)).toBe(announced.digest);
    expect(await storage.has(announced.digest)).toBe(true);
  });

  it('is passed over when the trainer has swept it away meanwhile', async () => {
    rmSync(announced.path);
    expect(await storeCheckpoint(storage, announced)).toBeNull();
  });

  it('is refused when its bytes are others', async () => {
    writeFileSync(announced.path, 'seventy');
    await expect(storeCheckpoint(storage, announced)).rejects.toThrow(expect.objectContaining({ code: 'TRAINER_CRASHED' }));
  });
});
