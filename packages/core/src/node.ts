import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Digest } from './artifact.ts';
import { EspalierError } from './errors.ts';

export { installationSettings, installationVariables } from './environment.ts';

/** The SHA-256 of bytes in memory. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The SHA-256 of a file, read as a stream. */
export async function digestOfFile(file: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Writes a file so that a reader sees either the old bytes or the new ones, whatever happens in between: written beside its place,
 * flushed to the disk, then renamed.
 * @param bytes all at once, or in pieces.
 * @throws EspalierError `DISK_FULL`, which leaves the old file as it was.
 */
export async function writeFileAtomically(file: string, bytes: Uint8Array | string | Iterable<Uint8Array>): Promise<void> {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  try {
    const handle = await open(beside, 'w');
    try {
      const pieces = typeof bytes === 'string' || bytes instanceof Uint8Array ? [bytes] : bytes;
      for (const piece of pieces) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    if (isDiskFull(error)) throw diskFull(file, error);
    throw error;
  }
}

/** No room on the disk, none in the quota, or none within the largest size that a file may have here (`ulimit -f`). */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'EFBIG');

export function diskFull(file: string, cause: unknown): EspalierError {
  const isLimit = cause instanceof Error && 'code' in cause && cause.code === 'EFBIG';
  return isLimit
    ? new EspalierError('DISK_FULL', `${file} would be larger than a file may be here`, {
        hint: 'Raise the limit (ulimit -f) and start again; what was written before is whole.',
        cause,
      })
    : new EspalierError('DISK_FULL', `there is no room left on the disk that holds ${file}`, {
        hint: 'Free some space there and start again; what was written before is whole.',
        cause,
      });
}
