import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { WireErrorSchema, toWireError, type WireError } from '@espalier/core';

/**
 * What went wrong, as a run's row keeps it. Activities put the wire form of an `EspalierError` into the first detail of their failure; a time
 * limit has none, and of a bug in the workflow only the message may be told.
 */
export function wireErrorOf(error: unknown): WireError {
  const cause = error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const told = WireErrorSchema.safeParse(cause.details?.[0]);
    if (told.success) return told.data;
  }
  if (cause instanceof TimeoutFailure) {
    return { code: 'UNAVAILABLE', message: 'no worker finished the stage within its time limit', path: [], retryable: true };
  }
  return toWireError(cause);
}
