import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow';
import { WireErrorSchema, toWireError, type WireError } from '@espalier/core';

/**
 * What went wrong, as a run's row keeps it. Activities put the wire form of an `EspalierError` into the first detail of their failure; a time
 * limit has none, and of a bug in the workflow only the message may be told.
 */
export function wireErrorOf(error: unknown): WireError {
  const cause = causeOf(error);
  if (cause instanceof ApplicationFailure) {
    const told = WireErrorSchema.safeParse(cause.details?.[0]);
    if (told.success) return told.data;
  }
  if (cause instanceof TimeoutFailure) {
    return { code: 'UNAVAILABLE', message: 'no worker finished the stage within its time limit', path: [], retryable: true };
  }
  return toWireError(cause);
}

/** A failure of an activity, or of a workflow that this one waited for, wraps what went wrong. */
function causeOf(error: unknown): unknown {
  const wrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return wrapped && error.cause !== undefined ? causeOf(error.cause) : error;
}
