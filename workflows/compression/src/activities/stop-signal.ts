import { CancelledFailure, type Context } from '@temporalio/activity';
import { EspalierError } from '@espalier/core';
import type { TrainerLimits } from './dependencies.ts';

/**
 * Why Temporal tells an activity to stop, as its `CancelledFailure` names it, in our words. Only a cancelled workflow ends the stage; of every other
 * reason the next attempt goes on from the checkpoint.
 */
export function stopReason(context: Context): Error {
  const reason: unknown = context.cancellationSignal.reason;
  const name = reason instanceof CancelledFailure ? reason.message : String(reason);
  switch (name) {
    case 'CANCELLED':
      return reason instanceof CancelledFailure ? reason : new CancelledFailure('CANCELLED');
    case 'WORKER_SHUTDOWN':
      return new EspalierError('UNAVAILABLE', 'the worker was told to end; the stage goes on elsewhere, or here when it is back');
    default:
      return new EspalierError('UNAVAILABLE', `the workflow engine took the stage away from this worker (${name})`);
  }
}

export const stopGraceMs = (context: Context, limits: TrainerLimits): number => {
  const reason: unknown = context.cancellationSignal.reason;
  return reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN' ? limits.shutdownGraceMs : limits.cancelGraceMs;
};
