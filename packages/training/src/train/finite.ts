import { EspalierError, type LoweredRate, type Verdict } from '@espalier/core';
import type { NamedValues } from '../checkpoint/format.ts';

/** What every rate of the schedule is multiplied by once a training has gone back. */
export const loweredFactor = 0.1;

/** The first variable in which a number is not finite. */
export const notFinite = (variables: readonly NamedValues[]): string | undefined =>
  variables.find(({ values }) => !areFinite(values))?.name;

/** A loop of its own, for a large network has a hundred million values: what is finite is nothing less itself. */
function areFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index++) if (values[index]! - values[index]! !== 0) return false;
  return true;
}

/** The first of a verdict's numbers that is none. */
export function notFiniteIn({ measure, value, others }: Verdict): string | undefined {
  return Object.entries({ [measure]: value, ...others }).find(([, number]) => !Number.isFinite(number))?.[0];
}

/** A training may go back once. */
export function hopeless(what: string, step: number, steps: number, peakRate: number, lowered: LoweredRate): EspalierError {
  return new EspalierError(
    'LOSS_NOT_FINITE',
    `${what} at step ${step} of ${steps}, though the rate is ${lowered.factor} of the schedule's since step ${lowered.toStep} (it happened at step ${lowered.atStep} before)`,
    {
      hint: `Lower the learning rate (its peak is ${peakRate}), or let it climb more slowly with a longer warm-up.`,
      path: ['training', 'learningRate'],
    },
  );
}
