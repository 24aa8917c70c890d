import { assertNever, type TrainingSettings } from '@espalier/core';

/**
 * The learning rate at a fractional epoch in [0, epochs].
 *
 * - `constant`: the peak, always;
 * - `cosine`: from 0 up to the peak in a line over the warm-up, then ½·(1 + cos πτ) of the peak, τ from 0 to 1 over what is left
 *   (Loshchilov and Hutter 2017, without restarts);
 * - `multistep`: the peak, times `factor` for every milestone that has been reached.
 */
export function learningRateAt({ learningRate, schedule, epochs }: TrainingSettings, epoch: number): number {
  switch (schedule.name) {
    case 'constant':
      return learningRate;
    case 'cosine': {
      const { warmupEpochs } = schedule;
      // Divided first: the share is at most 1 however small both are, whereas a product of tiny numbers is rounded.
      if (epoch < warmupEpochs) return learningRate * (epoch / warmupEpochs);
      if (warmupEpochs >= epochs) return learningRate;
      return (learningRate * (1 + Math.cos((Math.PI * (epoch - warmupEpochs)) / (epochs - warmupEpochs)))) / 2;
    }
    case 'multistep': {
      const reachedCount = schedule.milestones.filter((milestone) => milestone <= epoch).length;
      return learningRate * schedule.factor ** reachedCount;
    }
    default:
      return assertNever(schedule);
  }
}
