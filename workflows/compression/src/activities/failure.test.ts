import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { EspalierError } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { FinalFailure, failureOf } from './failure.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
const final = new FinalFailure({ code: 'TRAINER_CRASHED', message: 'again', path: [], retryable: true });

describe("an activity's failure", () => {
  it.each([
    ['a refusal', new EspalierError('BAD_NETWORK', 'no'), 1, 'BAD_NETWORK', true],
    ['a crash', new EspalierError('TRAINER_CRASHED', 'no'), 4, 'TRAINER_CRASHED', false],
    ['a crash that keeps coming', final, 6, 'TRAINER_CRASHED', true],
    ['an overtaken attempt', new EspalierError('STALE_ATTEMPT', 'no'), 1, 'STALE_ATTEMPT', false],
    ['a database that is away', refused, 100, 'UNAVAILABLE', false],
    ['a connection that pg found dead', new Error('Connection terminated unexpectedly'), 100, 'UNAVAILABLE', false],
    ['something unexpected', new TypeError('x is not a function'), 1, 'INTERNAL', false],
    ['something unexpected for the fifth time', new TypeError('x is not a function'), 5, 'INTERNAL', true],
  ])('for %s says what it is and whether another attempt may help', (_, error, attempt, type, nonRetryable) => {
    const failure = failureOf(error, attempt);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, nonRetryable, details: [{ code: type, retryable: !nonRetryable }] });
  });

  it('for a cancellation is the cancellation', () => {
    const cancelled = new CancelledFailure('CANCELLED');
    expect(failureOf(cancelled, 1)).toBe(cancelled);
  });
});
