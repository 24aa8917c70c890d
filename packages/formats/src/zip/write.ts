import { zipSync, type Zippable } from 'fflate';

/**
 * A zip of `files` in their order, stored: trained weights do not compress, and stored bytes do not depend on who packs them. The times are
 * fixed to the oldest that a zip can say, so that the same files always give the same zip.
 */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // The zip writes down the local fields of the time, so a local time, unlike a fixed instant, is the same in every time zone.
  const mtime = new Date(1980, 0, 1, 0, 0, 0);
  const zippable: Zippable = {};
  for (const [name, bytes] of files) zippable[name] = [bytes, { level: 0, mtime, os: 0 }];
  return zipSync(zippable);
}
