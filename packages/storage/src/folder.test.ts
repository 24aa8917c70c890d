import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '@espalier/core/node';
import { FolderStorage } from './folder.ts';
import { openStorage } from './open.ts';

describe('artifacts in a folder', () => {
  let root: string;
  let storage: FolderStorage;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'espalier-storage-'));
    storage = new FolderStorage(path.join(root, 'artifacts'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const bytes = Buffer.from('a network, nearly');

  it('names bytes by their SHA-256 and gives them back', async () => {
    const ref = await storage.put({ bytes }, 'network');
    expect(ref).toEqual({ digest: digestOf(bytes), bytes: bytes.length, kind: 'network' });
    const read = await storage.read(ref.digest);
    expect(read.bytes).toBe(bytes.length);
    expect(await text(read.stream)).toBe(bytes.toString());
  });

  it('stores a file and the same bytes in memory as one artifact', async () => {
    const file = path.join(root, 'file');
    await writeFile(file, bytes);
    const [first, second] = await Promise.all([storage.put({ file }, 'network'), storage.put({ bytes }, 'network')]);
    expect(first).toEqual(second);
    expect(await readdir(path.join(root, 'artifacts', 'incoming'))).toEqual([]);
  });

  it('places an artifact as a file that carries its bytes', async () => {
    const { digest } = await storage.put({ bytes }, 'network');
    const file = await storage.materialise(digest, path.join(root, 'work'));
    expect(await readFile(file)).toEqual(bytes);
  });

  it('refuses bytes that have changed on disk, naming the file and both digests', async () => {
    const { digest } = await storage.put({ bytes }, 'network');
    const place = path.join(storage.folder, digest.slice(0, 2), digest.slice(2));
    await chmod(place, 0o644);
    await writeFile(place, 'a network, spoiled');
    const placed = storage.materialise(digest, path.join(root, 'work'));
    await expect(placed).rejects.toMatchObject({
      code: 'BAD_ARTIFACT',
      message: expect.stringContaining(digest),
      hint: expect.stringContaining(place),
    });
    expect(await readdir(path.join(root, 'work'))).toEqual([]);
  });

  it('says which artifact is missing', async () => {
    const digest = digestOf('never stored');
    expect(await storage.has(digest)).toBe(false);
    await expect(storage.read(digest)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining(digest) });
  });

  it('never lets a name that is not a digest near a path', async () => {
    await expect(storage.read('../../etc/passwd')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('leaves nothing behind when the source cannot be read', async () => {
    await expect(storage.put({ file: path.join(root, 'missing') }, 'network')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(path.join(root, 'artifacts', 'incoming'))).toEqual([]);
  });
});

describe('the address of a storage', () => {
  it('is a path or a file URL', () => {
    expect(openStorage('/data/artifacts')).toMatchObject({ folder: '/data/artifacts' });
    expect(openStorage('file:///data/artifacts')).toMatchObject({ folder: '/data/artifacts' });
  });

  it('is refused by its scheme otherwise', () => {
    expect(() => openStorage('ftp://host/artifacts')).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining('ftp') }),
    );
  });
});
