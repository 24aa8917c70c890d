import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/**
 * As much of ZIP as Python wheels use: entries stored or deflated, ZIP64 sizes, no encryption.
 *
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method 0 = stored, 8 = deflated
 * @property {number} compressedSize
 * @property {number} size
 * @property {number} headerOffset
 *
 * @typedef {object} UnpackedFile What really arrived on disk, for comparison with what should have.
 * @property {number} size
 * @property {string} sha256 in base64url without padding, as a wheel's RECORD writes it
 */

const END_OF_DIRECTORY = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const UNKNOWN_32 = 0xffffffff;

/**
 * Lists a ZIP file's entries from its central directory.
 * @param {string} file
 * @returns {Promise<ZipEntry[]>}
 * @throws when the file is no ZIP or is cut off
 */
export async function listZip(file) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { offset, length, count } = await findDirectory(handle, size);
    const directory = await readBytes(handle, offset, length);
    const entries = [];
    for (let at = 0; entries.length < count;) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('its table of contents is damaged');
      const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
      const extraAt = at + 46 + nameLength;
      const entry = {
        name: directory.toString('utf8', at + 46, extraAt),
        method: directory.readUInt16LE(at + 10),
        compressedSize: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        headerOffset: directory.readUInt32LE(at + 42),
      };
      applyZip64(entry, directory.subarray(extraAt, extraAt + extraLength));
      entries.push(entry);
      at = extraAt + extraLength + commentLength;
    }
    return entries;
  } finally {
    await handle.close();
  }
}

/**
 * Unpacks one entry to `target`, making the folders above it.
 * @param {string} file
 * @param {ZipEntry} entry
 * @param {string} target
 * @returns {Promise<UnpackedFile>}
 */
export async function unzipEntry(file, entry, target) {
  await mkdir(path.dirname(target), { recursive: true });
  const hash = createHash('sha256');
  let size = 0;
  const measured = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const packed = await openEntry(file, entry);
  await pipeline([packed, ...(entry.method === 8 ? [createInflateRaw()] : []), measured, createWriteStream(target)]);
  return { size, sha256: hash.digest('base64url') };
}

/**
 * The text of one small entry.
 * @param {string} file
 * @param {ZipEntry} entry
 */
export async function readZipText(file, entry) {
  const chunks = [];
  const packed = await openEntry(file, entry);
  const stream = entry.method === 8 ? packed.pipe(createInflateRaw()) : packed;
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** @param {string} file @param {ZipEntry} entry */
async function openEntry(file, entry) {
  if (entry.method !== 0 && entry.method !== 8)
    throw new Error(`${entry.name} is compressed by method ${entry.method}, which wheels do not use`);
  const handle = await open(file);
  try {
    const header = await readBytes(handle, entry.headerOffset, 30);
    if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error(`the header of ${entry.name} is damaged`);
    const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (entry.compressedSize === 0) return Readable.from([]);
    return createReadStream(file, { start, end: start + entry.compressedSize - 1, highWaterMark: 1 << 20 });
  } finally {
    await handle.close();
  }
}

async function findDirectory(handle, size) {
  // The end record is 22 bytes and a comment of at most 65,535 after it; the ZIP64 locator stands 20 bytes before it.
  const tailLength = Math.min(size, 22 + 65_535 + 20);
  const tail = await readBytes(handle, size - tailLength, tailLength);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error('it is cut off or is no ZIP file');
  if (end >= 20 && tail.readUInt32LE(end - 20) === ZIP64_LOCATOR) {
    const record = await readBytes(handle, Number(tail.readBigUInt64LE(end - 12)), 56);
    return {
      count: Number(record.readBigUInt64LE(32)),
      length: Number(record.readBigUInt64LE(40)),
      offset: Number(record.readBigUInt64LE(48)),
    };
  }
  return { count: tail.readUInt16LE(end + 10), length: tail.readUInt32LE(end + 12), offset: tail.readUInt32LE(end + 16) };
}

/** Sizes and offsets that do not fit 32 bits stand in the extra field 1, in this order, only those that overflowed. */
function applyZip64(entry, extra) {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let field = at + 4;
    for (const name of ['size', 'compressedSize', 'headerOffset']) {
      if (entry[name] !== UNKNOWN_32) continue;
      entry[name] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
  }
}

async function readBytes(handle, position, length) {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error('it is cut off');
  return buffer;
}
