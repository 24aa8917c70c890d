import type { Tally } from '../checkpoint/format.ts';
import type { StepOutcome } from '../steps/training-step.ts';

export const emptyTally: Tally = { steps: 0, examples: 0, lossSum: 0, measures: {} };

export function addStep(tally: Tally, { loss, measures }: StepOutcome, batchSize: number): Tally {
  const added = Object.entries(measures).map(([name, value]) => [name, (tally.measures[name] ?? 0) + value]);
  return {
    steps: tally.steps + 1,
    examples: tally.examples + batchSize,
    lossSum: tally.lossSum + loss * batchSize,
    measures: Object.fromEntries(added) as Tally['measures'],
  };
}

export const meanLoss = ({ lossSum, examples }: Tally): number => lossSum / examples;
