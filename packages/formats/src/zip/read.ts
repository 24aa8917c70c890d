import { inflateSync } from 'fflate';
import { badArtifact } from '../faults.ts';
import { crc32 } from './crc32.ts';

/** One file inside a zip. Nothing is unpacked before `read`, so that sizes can be checked first. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked, as the zip claims; `read` holds it to that. */
  readonly size: number;
  /** The file's bytes: a view into the zip where it is stored, a copy where it is deflated. */
  read(): Uint8Array;
}

const signature = { localFile: 0x04034b50, centralFile: 0x02014b50, endOfDirectory: 0x06054b50 } as const;
const length = { localFile: 30, centralFile: 46, endOfDirectory: 22, longestComment: 0xffff } as const;
const method = { stored: 0, deflated: 8 } as const;
/** Deflate can't shrink anything further than this: a zip that claims more is a trap. */
const largestDeflateRatio = 1032;

/**
 * The files of a zip (APPNOTE 6.3, without encryption, spanning and Zip64), by name, in the order of its directory. Every offset is checked
 * against the bytes that are there. Throws BAD_ARTIFACT.
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, offset, end } = readEnd(view);
  const entries = new Map<string, ZipEntry>();
  let place = offset;
  for (let index = 0; index < count; index++) {
    if (place + length.centralFile > end || view.getUint32(place, true) !== signature.centralFile)
      throw damaged(`the zip names ${count} files, but its directory breaks off after ${index}`);
    const nameLength = view.getUint16(place + 28, true);
    const next = place + length.centralFile + nameLength + view.getUint16(place + 30, true) + view.getUint16(place + 32, true);
    if (next > end) throw damaged(`the zip names ${count} files, but its directory breaks off after ${index}`);
    const name = new TextDecoder().decode(bytes.subarray(place + length.centralFile, place + length.centralFile + nameLength));
    refuseBadName(name);
    if (entries.has(name)) throw damaged(`the zip holds two files named ${name}`, name);
    if (!name.endsWith('/')) entries.set(name, readEntry(bytes, view, place, name, offset));
    place = next;
  }
  return entries;
}

function readEnd(view: DataView): { count: number; offset: number; end: number } {
  const last = view.byteLength - length.endOfDirectory;
  for (let place = last; place >= Math.max(0, last - length.longestComment); place--) {
    if (view.getUint32(place, true) !== signature.endOfDirectory) continue;
    const count = view.getUint16(place + 10, true);
    const size = view.getUint32(place + 12, true);
    const offset = view.getUint32(place + 16, true);
    if (count === 0xffff || offset === 0xffffffff) throw damaged('the zip uses Zip64, which is not read here');
    if (offset + size > place) throw damaged('the directory of the zip points beyond its end');
    return { count, offset, end: place };
  }
  throw damaged(view.byteLength === 0 ? 'the file is empty' : 'the file is not a zip, or its end is missing');
}

function readEntry(bytes: Uint8Array, view: DataView, place: number, name: string, directory: number): ZipEntry {
  const flags = view.getUint16(place + 8, true);
  const packing = view.getUint16(place + 10, true);
  const checksum = view.getUint32(place + 16, true);
  const packedSize = view.getUint32(place + 20, true);
  const size = view.getUint32(place + 24, true);
  const local = view.getUint32(place + 42, true);
  if ((flags & 1) === 1) throw damaged(`${name} is encrypted`, name);
  if (packing !== method.stored && packing !== method.deflated)
    throw damaged(`${name} is packed by method ${packing}; only stored and deflated files are read`, name);
  if (local + length.localFile > directory || view.getUint32(local, true) !== signature.localFile)
    throw damaged(`${name} is not where the directory of the zip says`, name);
  const start = local + length.localFile + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packedSize > directory) throw damaged(`${name} is cut off`, name);
  if (packing === method.stored ? size !== packedSize : size > packedSize * largestDeflateRatio)
    throw damaged(`${name} claims ${size} bytes, which ${packedSize} packed ones can't hold`, name);
  return {
    name,
    size,
    read: () => {
      const packed = bytes.subarray(start, start + packedSize);
      const unpacked = packing === method.stored ? packed : inflate(packed, size, name);
      if (unpacked.length !== size || crc32(unpacked) !== checksum) throw damaged(`${name} is damaged: its checksum differs`, name);
      return unpacked;
    },
  };
}

function inflate(packed: Uint8Array, size: number, name: string): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (error) {
    throw damaged(`${name} can't be unpacked`, name, error);
  }
}

function refuseBadName(name: string): void {
  const leavesFolder = name.startsWith('/') || /^[a-z]:/i.test(name) || name.split(/[/\\]/).includes('..');
  if (leavesFolder || name.includes('\0')) throw damaged(`the zip names a file outside its own folder: ${JSON.stringify(name)}`, name);
}

const damaged = (message: string, name?: string, cause?: unknown) =>
  badArtifact(message, name === undefined ? [] : [name], 'Pack or download the file again.', cause);
