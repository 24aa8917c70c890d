import type { ArtifactKind, ArtifactRef, Digest } from '@espalier/core';

/** What an artifact is made from: a file that the caller keeps, or bytes in memory. */
export type ArtifactSource = { readonly file: string } | { readonly bytes: Uint8Array };

/**
 * Artifacts by content. An artifact is written once, never changed and named by its SHA-256 alone, so storing the same bytes twice is
 * storing them once, and a reader can always tell whether it got what it asked for.
 */
export interface Storage {
  /**
   * Stores bytes under their digest. Storing what is there already does nothing.
   * @throws EspalierError `DISK_FULL`; nothing half-written is left behind.
   */
  put(source: ArtifactSource, kind: ArtifactKind): Promise<ArtifactRef>;

  /**
   * Places an artifact as a read-only file below `folder`, named by its digest, and returns the file's path. The bytes are checked.
   * @throws EspalierError `NOT_FOUND`, or `BAD_ARTIFACT` when the stored bytes are no longer those of the digest.
   */
  materialise(digest: Digest, folder: string): Promise<string>;

  /**
   * The artifact's bytes as a stream, and how many there are.
   * @throws EspalierError `NOT_FOUND`.
   */
  read(digest: Digest): Promise<{ readonly stream: NodeJS.ReadableStream; readonly bytes: number }>;

  has(digest: Digest): Promise<boolean>;

  /** Removes an artifact; removing what is not there does nothing. Only checkpoints are ever removed. */
  remove(digest: Digest): Promise<void>;
}
