import { roundHalfToEven } from '../../selection/rounding.ts';
import type { ExpSettings } from './settings.ts';

/**
 * The similarity index S of every channel (Sun et al. 2023): S(d) = round((σ(2·Ψ(d)/max Ψ) − ½)·N), with the logistic function σ and halves
 * rounded to even. Channels with the same S are look-alikes. Where max Ψ is zero the quotient is taken as 0 for Ψ = 0 and as ±∞ for the rest.
 *
 * Ψ [channels] → S [channels], whole numbers between the asymptotes −N/2 and N/2, rounded as S is: −6 to 6 for N = 13.
 */
export function similarityIndices(psi: Float64Array, { levels, scale }: Pick<ExpSettings, 'levels' | 'scale'>): Int32Array {
  const quotients = scale === 'signed-maximum' ? byMaximum(psi) : byMagnitude(psi);
  return Int32Array.from(quotients, (quotient) => roundHalfToEven((logistic(2 * quotient) - 0.5) * levels));
}

/**
 * The binning that the authors' code has in the place of S for ResNet-50 by way A: R(d) = round(Ψ(d)/max Ψ · (5 − 3·l/12)) and then
 * round((σ(R(d)/max R) − ½)·5), with the number l of the convolution, counted from 1. The factor is 0 at the twentieth convolution, where the
 * authors divide 0 by 0 and remove nothing and here all kernels are look-alikes, and turns the signs around behind it.
 *
 * Ψ [channels] → [channels], whole numbers.
 */
export function twoStepIndices(psi: Float64Array, convolution: number): Int32Array {
  const factor = 5 - 3 * (convolution / 12);
  const quotients = byMaximum(psi).map((quotient) => roundHalfToEven(quotient * factor));
  return Int32Array.from(byMaximum(quotients), (quotient) => roundHalfToEven((logistic(quotient) - 0.5) * 5));
}

/** Each value by the largest, which keeps its sign; what is 0 stays 0. */
function byMaximum(values: Float64Array): Float64Array {
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return values.map((value) => (value === 0 ? 0 : largest === 0 ? value * Infinity : value / largest));
}

function byMagnitude(values: Float64Array): Float64Array {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.map((value) => (value === 0 ? 0 : value / largest));
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
