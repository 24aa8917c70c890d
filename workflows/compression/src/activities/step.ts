import { Context } from '@temporalio/activity';
import { EspalierError, toWireError, type StageKey } from '@espalier/core';
import { joinStage, reportStage, type Attempt } from '@espalier/database';
import type { RecordDependencies } from './dependencies.ts';
import { FinalFailure, isConnectionError } from './failure.ts';

/** A step is short and keeps no checkpoint: one that ended so often, in whatever way, will not come through. */
const attemptsAtStep = 8;

export interface Step {
  readonly runId: string;
  readonly stage: StageKey;
  /** For people. */
  readonly name: string;
}

/**
 * One attempt at one of several steps of a stage, which may be done at once by several workers.
 * @throws FinalFailure when too many attempts have ended without an answer, with the last error, if there is one to tell.
 */
export async function attemptStep<T>(
  { pool }: Pick<RecordDependencies, 'pool'>,
  step: Step,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { info, cancellationSignal } = Context.current();
  if (info.attempt > attemptsAtStep) throw hopeless(step, null);
  const attempt = await joinStage(pool, step.runId, step.stage);
  try {
    return await work(attempt);
  } catch (error) {
    const blameless = cancellationSignal.aborted || (error instanceof EspalierError && error.code === 'STALE_ATTEMPT');
    if (blameless || isConnectionError(error)) throw error;
    const { message, retryable } = toWireError(error);
    const text = `${step.name}: attempt ${info.attempt} failed: ${message}`.slice(0, 4000);
    await reportStage(pool, attempt, { lines: [{ level: 'warning', text }] });
    throw retryable && info.attempt === attemptsAtStep ? hopeless(step, error) : error;
  }
}

function hopeless({ name }: Step, last: unknown): FinalFailure {
  const told = last === null ? null : toWireError(last);
  return new FinalFailure({
    code: told?.code ?? 'TRAINER_CRASHED',
    message: `${name}: ${attemptsAtStep} attempts ended without an answer. ${told === null ? 'The last ones could not say why: their workers died.' : `The last one said: ${told.message}`}`,
    hint: told?.hint ?? "Look at the worker's log and at the memory it had.",
    path: told?.path ?? [],
    retryable: false,
  });
}
