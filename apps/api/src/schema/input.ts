import { EspalierError } from '@espalier/core';

/** A name, title or key that a person gives: trimmed, neither empty nor longer than a line. @throws EspalierError `BAD_INPUT`. */
export function shortText(text: string, field: string): string {
  const trimmed = text.trim();
  if (trimmed.length >= 1 && trimmed.length <= 200) return trimmed;
  throw new EspalierError('BAD_INPUT', trimmed.length === 0 ? `${field} is empty` : `${field} is longer than 200 characters`, {
    path: [field],
  });
}

/** Errors of one part of the input, with paths that begin at the whole of it. */
export function within<T>(part: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    const { code, message, hint, path } = error;
    throw new EspalierError(code, message, { hint, path: [part, ...path], cause: error });
  }
}
