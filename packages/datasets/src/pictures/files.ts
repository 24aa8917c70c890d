import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError } from '@espalier/core';
import type { ImageShape } from '../dataset.ts';
import { decodePicture } from './decode.ts';
import type { Crop, Size } from './view.ts';

/** What differs when somebody has written to a file: its length, and when that was, to the nanosecond where the file system knows it. */
export const versionOf = ({ size, mtimeNs }: Pick<BigIntStats, 'size' | 'mtimeNs'>): string => `${size} bytes at ${mtimeNs}`;

/** A picture file as it was found: where below the dataset's folder, in which version, how large as a picture. */
export interface PictureFile extends Size {
  /** Relative to the dataset's folder, with slashes. */
  readonly file: string;
  /** What it was then, see `versionOf`. */
  readonly version: string;
  readonly grey: boolean;
}

/** Pictures that stay on disk and are decoded one by one. */
export class PictureFiles {
  constructor(
    readonly folder: string,
    readonly all: readonly PictureFile[],
  ) {}

  /** Some of the pictures, in the order of `indices`. */
  subset(indices: Iterable<number>): PictureFiles {
    return new PictureFiles(
      this.folder,
      Array.from(indices, (index) => this.all[index]!),
    );
  }

  sizeOf(index: number): Size {
    return this.all[index]!;
  }

  /**
   * A part of one picture, resized to `shape`. @see decodePicture
   * @throws EspalierError `BAD_DATASET`, naming the file, when it is damaged, or is no longer the one that the dataset's digest was taken of.
   */
  async decode(index: number, crop: Crop, shape: ImageShape): Promise<Uint8Array> {
    const found = this.all[index]!;
    const file = path.join(this.folder, found.file);
    // Both are asked for at once: one after the other, the second would have to wait for the event loop, which a training step blocks.
    const [state, decoded] = await Promise.allSettled([stat(file, { bigint: true }), decodePicture(file, crop, shape)]);
    if (state.status === 'rejected' || versionOf(state.value) !== found.version) throw changed(found.file);
    if (decoded.status === 'rejected') throw damaged(found.file, decoded.reason);
    return decoded.value;
  }
}

const changed = (file: string): EspalierError =>
  new EspalierError('BAD_DATASET', `${file} has changed since the dataset was opened`, {
    hint: 'Leave the folder alone while it is in use, and start again: what was computed so far may rest on other pictures.',
    path: ['dataset', file],
  });

export function damaged(file: string, cause: unknown): EspalierError {
  const reason = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause);
  return new EspalierError('BAD_DATASET', `${file} cannot be decoded: ${reason}`, {
    hint: 'Fetch the file again, or take it out of the dataset.',
    path: ['dataset', file],
    cause,
  });
}
