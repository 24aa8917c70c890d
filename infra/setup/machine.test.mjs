import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking } from './machine.mjs';

const GIB = 2 ** 30;
let checkout;
beforeAll(async () => {
  checkout = await mkdtemp(path.join(os.tmpdir(), 'espalier-machine-'));
});
afterAll(() => rm(checkout, { recursive: true }));

const machine = (differences) => ({
  checkout,
  cache: path.join(checkout, 'not', 'made', 'yet'),
  home: path.join(checkout, '.espalier'),
  platform: 'linux',
  arch: 'x64',
  memory: 8 * GIB,
  freeBytes: async () => 50 * GIB,
  ...differences,
});

describe('lacking', () => {
  it('has nothing to say of a machine that is enough', async () => {
    expect(await lacking(machine({}))).toEqual([]);
  });

  it('says in one line how much memory is there and how much is needed', async () => {
    expect(await lacking(machine({ memory: 2 * GIB }))).toEqual([expect.stringMatching(/needs 3 GB of memory; here are 2\.0 GB/)]);
  });

  it('names the folder whose disk is too full, once', async () => {
    const lines = await lacking(machine({ freeBytes: async () => 1 * GIB }));
    expect(lines).toEqual([expect.stringContaining(`${checkout} needs 6 GB of free disk; there are 1.0 GB`)]);
  });

  it('looks at the disk of the data, too', async () => {
    const freeBytes = async (folder) => (folder === os.tmpdir() ? 0 : 50 * GIB);
    const lines = await lacking(machine({ home: path.join(os.tmpdir(), 'espalier-no-such-folder'), freeBytes }));
    expect(lines).toEqual([expect.stringContaining(`${os.tmpdir()} needs 0.5 GB of free disk`)]);
  });

  it('sends a Windows user to WSL', async () => {
    expect((await lacking(machine({ platform: 'win32' })))[0]).toContain('wsl --install');
  });
});
