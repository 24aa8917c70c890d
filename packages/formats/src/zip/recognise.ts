import { readZip } from './read.ts';

/** Whether the bytes begin with a file inside a zip, or are an empty zip. */
export const looksLikeZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

/** Whether a whole zip holds a file of such a name; false where its directory can't be read. */
export function zipHolds(bytes: Uint8Array, isSought: (name: string) => boolean): boolean {
  try {
    return [...readZip(bytes).keys()].some(isSought);
  } catch {
    return false;
  }
}
