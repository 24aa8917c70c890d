import type { PictureFormat } from './decode.ts';

/**
 * Whether a file's bytes reach to the end that its format gives it, found without decoding it: a copy that was cut short is noticed before the first step
 * and not in the middle of an epoch. Bytes behind the end do no harm; cameras and editors leave them there.
 */
const reachesEnd: Readonly<Record<PictureFormat, (bytes: Buffer) => boolean>> = {
  // The last scan begins with FF DA and holds no other marker but restarts; a thumbnail in EXIF has its own end before it.
  jpeg: (bytes) => bytes.lastIndexOf(Buffer.of(0xff, 0xd9)) > bytes.lastIndexOf(Buffer.of(0xff, 0xda)),
  png: (bytes) => bytes.includes('IEND', Math.max(0, bytes.lastIndexOf('IDAT')), 'latin1'),
  webp: (bytes) => bytes.length >= 8 && bytes.readUInt32LE(4) + 8 <= bytes.length,
  gif: (bytes) => bytes.includes(0x3b, Math.max(0, bytes.length - 64)),
};

export const isWholeFile = (format: PictureFormat, bytes: Uint8Array): boolean =>
  reachesEnd[format](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
