import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirementsOf, unpackWheel } from './wheel.mjs';

const METADATA = 'Name: fake\nRequires-Dist: numpy>=1.26.0\nRequires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"\n';

let folder;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'espalier-wheel-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A wheel as pip downloads it: deflated entries, and a RECORD that knows their sizes and digests. */
function makeWheel(files) {
  const record = Object.entries(files).map(
    ([name, text]) => `${name},sha256=${createHash('sha256').update(text).digest('base64url')},${text.length}`,
  );
  const all = {
    ...files,
    'fake-1.dist-info/METADATA': METADATA,
    'fake-1.dist-info/RECORD': `${record.join('\n')}\nfake-1.dist-info/RECORD,,\n`,
  };
  const [parts, directory] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(all)) {
    const packed = deflateRawSync(text);
    // The fields that the local header and the directory have in common: version, flags, method, time, date, CRC, sizes, lengths.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32?.(text) ?? 0, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), packed);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, tail, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(Object.keys(all).length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

async function writeWheel(name, bytes) {
  const file = path.join(folder, `${name}.whl`);
  await writeFile(file, bytes);
  return file;
}

const library = 'not really a library '.repeat(1000);
const files = { 'fake/lib/libfake.so.2': library, 'fake/bin/tool': '#!/bin/sh\n', 'fake/python/big.py': 'unwanted' };

describe('a wheel', () => {
  it('is unpacked as far as it is wanted, verified, with programs made executable', async () => {
    const wheel = await writeWheel('good', makeWheel(files));
    const target = path.join(folder, 'good');
    const bytes = await unpackWheel(wheel, target, (name) => !name.endsWith('.py') && !name.includes('dist-info'));
    expect(bytes).toBe(library.length + 10);
    expect(await readFile(path.join(target, 'fake/lib/libfake.so.2'), 'utf8')).toBe(library);
    expect((await stat(path.join(target, 'fake/bin/tool'))).mode & 0o111).toBe(0o111);
    await expect(stat(path.join(target, 'fake/python/big.py'))).rejects.toThrow('ENOENT');
  });

  it('says what it requires, without conditions', async () => {
    expect(await requirementsOf(await writeWheel('requiring', makeWheel(files)))).toEqual([
      'numpy>=1.26.0',
      'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
    ]);
  });

  it.each([
    ['a byte of a file is another', (bytes) => ((bytes[60] ^= 0x10), bytes)],
    ['it is cut off', (bytes) => bytes.subarray(0, bytes.length - 100)],
    ['it is empty', () => Buffer.alloc(0)],
    ['it is a page of some proxy', () => Buffer.from('<html>please sign in</html>')],
    ['its table of contents is overwritten', (bytes) => (bytes.fill(0, bytes.length - 200, bytes.length - 30), bytes)],
  ])('is refused by name when %s', async (_what, damage) => {
    const wheel = await writeWheel('damaged', damage(makeWheel(files)));
    await expect(unpackWheel(wheel, path.join(folder, 'damaged'), () => true)).rejects.toThrow('the downloaded damaged.whl is damaged');
  });

  it('is refused when a file would land outside of the folder', async () => {
    const wheel = await writeWheel('escaping', makeWheel({ '../../escaped': 'x' }));
    await expect(unpackWheel(wheel, path.join(folder, 'inside'), (name) => name.includes('escaped'))).rejects.toThrow(
      'points out of its folder',
    );
  });
});
