import { assertNever, type TrainingSettings } from '@espalier/core';

/**
 * The learning rate at a fractional epoch in [0, epochs]. All but `one-cycle` climb from 0 to the peak in a line over their warm-up; then
 *
 * - `constant`: the peak, always;
 * - `cosine`: ½·(1 + cos πτ) of the peak, τ from 0 to 1 over what is left (Loshchilov and Hutter 2017, without restarts);
 * - `multistep`: the peak, times `factor` for every milestone that has been reached;
 * - `step`: the same with milestones every so many epochs;
 * - `one-cycle`: along half a cosine up from peak / `startDivisor`, then along another down to that / `endDivisor` (Smith and Topin 2019).
 */
export function learningRateAt({ learningRate, schedule, epochs }: TrainingSettings, epoch: number): number {
  // Divided first: the share is at most 1 however small both are, whereas a product of tiny numbers is rounded.
  if (schedule.name !== 'one-cycle' && epoch < schedule.warmupEpochs) return learningRate * (epoch / schedule.warmupEpochs);
  switch (schedule.name) {
    case 'constant':
      return learningRate;
    case 'cosine': {
      const { warmupEpochs } = schedule;
      if (warmupEpochs >= epochs) return learningRate;
      return learningRate * halfCosine((epoch - warmupEpochs) / (epochs - warmupEpochs));
    }
    case 'multistep': {
      const reachedCount = schedule.milestones.filter((milestone) => milestone <= epoch).length;
      return learningRate * schedule.factor ** reachedCount;
    }
    case 'step':
      return learningRate * schedule.factor ** Math.floor(epoch / schedule.everyEpochs);
    case 'one-cycle': {
      const { peakAt, startDivisor, endDivisor } = schedule;
      const first = learningRate / startDivisor;
      const last = first / endDivisor;
      const share = Math.min(1, epoch / epochs);
      if (share < peakAt) return learningRate + (first - learningRate) * halfCosine(share / peakAt);
      return last + (learningRate - last) * halfCosine((share - peakAt) / (1 - peakAt));
    }
    default:
      return assertNever(schedule);
  }
}

/** From 1 down to 0 as τ goes from 0 to 1. */
const halfCosine = (tau: number): number => (1 + Math.cos(Math.PI * tau)) / 2;
