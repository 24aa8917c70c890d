import type { Tally } from '../checkpoint/format.ts';
import type { StepOutcome } from '../steps/training-step.ts';

export const emptyTally: Tally = { steps: 0, examples: 0, lossSum: 0, correct: 0 };

export function addStep(tally: Tally, { loss, measures }: StepOutcome, batchSize: number): Tally {
  return {
    steps: tally.steps + 1,
    examples: tally.examples + batchSize,
    lossSum: tally.lossSum + loss * batchSize,
    correct: tally.correct + measures['correct']!,
  };
}

export const meanLoss = ({ lossSum, examples }: Tally): number => lossSum / examples;
export const accuracyOf = ({ correct, examples }: Tally): number => correct / examples;
