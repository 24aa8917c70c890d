import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { EspalierError, toWireError, type WireError } from '@espalier/core';

/** A refusal that no other attempt would change, whatever its code says. */
export class FinalFailure extends Error {
  override readonly name = 'FinalFailure';

  constructor(readonly error: WireError) {
    super(error.message);
  }
}

/** An unexpected error is tried again this often; then it is taken for a bug, not for bad luck. */
const attemptsAtBugs = 5;

/**
 * What an activity throws for `error`: its code as the type, its wire form as the first detail, and whether another attempt may help.
 * @param attempt Temporal's count of attempts at this activity, from 1.
 */
export function failureOf(error: unknown, attempt: number): ApplicationFailure | CancelledFailure {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof FinalFailure) return failure({ ...error.error, retryable: false }, error);
  const wire = isConnectionError(error) ? unavailable(error) : toWireError(error);
  // Overtaken: if the engine still listens to this attempt, the other one has lost, and a third one settles it.
  const retryable = wire.code === 'STALE_ATTEMPT' || (wire.retryable && (wire.code !== 'INTERNAL' || attempt < attemptsAtBugs));
  return failure({ ...wire, retryable }, error);
}

function failure(wire: WireError, cause: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: wire.code,
    message: wire.message,
    nonRetryable: !wire.retryable,
    details: [wire],
    cause: cause instanceof Error ? cause : undefined,
  });
}

/** Node's and PostgreSQL's words for: the other side is not there (any more), come back later. */
const connectionCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '08000',
  '08003',
  '08006',
  '53300', // too many connections
  '57P01', // shut down by an administrator
  '57P02', // crashed
  '57P03', // starting up
]);

export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && connectionCodes.has(error.code)) return true;
  // A connection that pg finds dead has no code.
  return error.message.startsWith('Connection terminated');
}

const unavailable = (error: unknown): WireError =>
  toWireError(
    new EspalierError('UNAVAILABLE', `the database does not answer: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'The work goes on by itself when it is back.',
    }),
  );
