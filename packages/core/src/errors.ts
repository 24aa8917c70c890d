import { z } from 'zod';

/**
 * What can go wrong in a way that a caller can mend, one list for the whole project.
 * A code is an interface: it is shown to people, stored in the database and tested for. Never rename one.
 */
export const errorCodes = [
  'BAD_INPUT',
  'BAD_RECIPE',
  'BAD_NETWORK',
  'BAD_DATASET',
  'BAD_ARTIFACT',
  'BAD_CHECKPOINT',
  'UNSUPPORTED_LAYER',
  'TARGET_OUT_OF_REACH',
  'NOTHING_PRUNED',
  'SURGERY_DISAGREES',
  'LOSS_NOT_FINITE',
  'OUT_OF_MEMORY',
  'DISK_FULL',
  'TRAINER_CRASHED',
  'STALE_ATTEMPT',
  'CANCELLED',
  'NOT_SIGNED_IN',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** Codes for which the same attempt may succeed later; every other failure would only repeat itself. */
const retryableCodes: ReadonlySet<ErrorCode> = new Set(['TRAINER_CRASHED', 'UNAVAILABLE', 'INTERNAL']);

export interface EspalierErrorOptions {
  /** What the reader can do about it, in one sentence. */
  hint?: string;
  /** Where in the input the fault is: `['recipe', 'target', 'reductionRatio']`, or `['layers', 'conv2d_3']`. */
  path?: readonly (string | number)[];
  cause?: unknown;
}

/**
 * An expected failure: it names the thing (layer, field, file), the rule it breaks and the way out.
 * Anything else that is thrown is a bug, and reaches a user only as the id under which it was logged.
 */
export class EspalierError extends Error {
  override readonly name = 'EspalierError';
  readonly hint: string | undefined;
  readonly path: readonly (string | number)[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    { hint, path = [], cause }: EspalierErrorOptions = {},
  ) {
    super(message, { cause });
    this.hint = hint;
    this.path = path;
  }

  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }
}

/** An error as it crosses a process boundary. */
export const WireErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string().optional(),
  path: z.array(z.union([z.string(), z.number()])).default([]),
  retryable: z.boolean(),
});
export type WireError = z.infer<typeof WireErrorSchema>;

/** What may be told of `error` beyond this process: an `EspalierError` in full, of a bug only its message. */
export function toWireError(error: unknown): WireError {
  if (error instanceof EspalierError) {
    const { code, message, hint, path, retryable } = error;
    return { code, message, hint, path: [...path], retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message, path: [], retryable: true };
}

export function fromWireError({ code, message, hint, path }: WireError): EspalierError {
  return new EspalierError(code, message, { hint, path });
}

/** Turns zod's issues into one error whose message names each field, for input that a person wrote. */
export function badInput(code: ErrorCode, what: string, error: z.ZodError, hint?: string): EspalierError {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`);
  const path = (error.issues[0]?.path ?? []).map((key) => (typeof key === 'symbol' ? String(key) : key));
  return new EspalierError(code, `${what} is not valid. ${issues.join('; ')}`, { path, hint, cause: error });
}

/** Whether a method found nothing, or not enough, to remove: a finding about a network and a target, where nothing that was given is wrong. */
export const removesTooLittle = (error: unknown): error is EspalierError =>
  error instanceof EspalierError && (error.code === 'NOTHING_PRUNED' || error.code === 'TARGET_OUT_OF_REACH');
