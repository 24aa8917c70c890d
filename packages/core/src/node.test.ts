import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, digestOfFile, writeFileAtomically } from './node.ts';

describe('a file written atomically', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'espalier-core-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('replaces the old bytes and leaves nothing beside them', async () => {
    const file = path.join(folder, 'checkpoint');
    await writeFile(file, 'old');
    await writeFileAtomically(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['checkpoint']);
  });

  it('may be written in pieces, of which the last one may fail to be made', async () => {
    const file = path.join(folder, 'checkpoint');
    await writeFileAtomically(file, [Buffer.from('one, '), new Uint8Array(0), Buffer.from('two')]);
    expect(await readFile(file, 'utf8')).toBe('one, two');
    function* failing(): Generator<Uint8Array> {
      yield Buffer.from('three');
      throw new Error('enough');
    }
    await expect(writeFileAtomically(file, failing())).rejects.toThrow('enough');
    expect(await readFile(file, 'utf8')).toBe('one, two');
    expect(await readdir(folder)).toEqual(['checkpoint']);
  });

  it('leaves the old state when it cannot be written', async () => {
    await expect(writeFileAtomically(path.join(folder, 'missing', 'checkpoint'), 'new')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual([]);
  });

  // The digest of the empty string and of "abc" are the examples of FIPS 180-4.
  it('has the SHA-256 of its bytes', async () => {
    const file = path.join(folder, 'abc');
    await writeFile(file, 'abc');
    expect(await digestOfFile(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digestOf('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});
