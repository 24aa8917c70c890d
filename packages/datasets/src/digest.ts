import type { Digest } from '@espalier/core';
import { digestOf } from '@espalier/core/node';

/** The digest of a dataset: SHA-256 over `<file name> <file digest>` lines, sorted by file name. */
export function datasetDigest(files: readonly { readonly file: string; readonly digest: Digest }[]): Digest {
  const lines = files.map(({ file, digest }) => `${file} ${digest}\n`).sort();
  return digestOf(lines.join(''));
}
