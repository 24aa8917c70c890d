import { EspalierError } from '@espalier/core';

/** A file that is not what it should be; `path` leads to the place, from the file's name inward. */
export const badArtifact = (message: string, path: readonly (string | number)[], hint: string, cause?: unknown): EspalierError =>
  new EspalierError('BAD_ARTIFACT', message, { hint, path, cause });
