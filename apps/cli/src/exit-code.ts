import { EspalierError, type ErrorCode } from '@espalier/core';

/** Done; for a check: it held. */
export const done = 0;
/** The check did not hold, or what was rightly asked for can't be done: a broken file, a target out of reach, nothing to prune. */
export const failed = 1;
/** Wrong usage: an unknown name, a missing file, a bad option, a recipe or plan that does not suit the network. */
export const wronglyUsed = 2;

const usageCodes: ReadonlySet<ErrorCode> = new Set(['BAD_INPUT', 'BAD_RECIPE', 'NOT_FOUND']);

export const exitCodeOf = (error: unknown): number => (error instanceof EspalierError && usageCodes.has(error.code) ? wronglyUsed : failed);
