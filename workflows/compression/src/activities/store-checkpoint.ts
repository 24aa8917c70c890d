import type { Digest, OutputFile } from '@espalier/core';
import type { Storage } from '@espalier/storage';
import { checkDigest } from './outcome.ts';

/**
 * Puts a checkpoint that a trainer announced into the storage. A trainer does not wait for that, and keeps its newest two: while the database was away, or with epochs
 * of milliseconds, it may be two further when the turn of one comes.
 * @returns null for one that is gone; newer ones have been announced behind it.
 * @throws EspalierError `TRAINER_CRASHED` for other bytes than the trainer wrote.
 */
export async function storeCheckpoint(storage: Storage, file: OutputFile): Promise<Digest | null> {
  try {
    const { digest } = await storage.put({ file: file.path }, 'checkpoint');
    checkDigest(file, digest);
    return digest;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error && error.path === file.path) return null;
    throw error;
  }
}
