import { EspalierError } from '@espalier/core';

/** A file that is not what it should be; `path` leads to the place, from the file's name inward. */
export const badArtifact = (message: string, path: readonly (string | number)[], hint: string, cause?: unknown): EspalierError =>
  new EspalierError('BAD_ARTIFACT', message, { hint, path, cause });

/** A path that can't be read or written as asked. */
export const badPath = (message: string, path: string, hint: string, cause?: unknown): EspalierError =>
  new EspalierError('BAD_INPUT', message, { hint, path: [path], cause });

/** A shape that the caller asked for and the network can't take. */
export const badInputShape = (message: string, hint: string): EspalierError =>
  new EspalierError('BAD_INPUT', message, { hint, path: ['inputShape'] });
