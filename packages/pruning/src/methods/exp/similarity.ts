import { roundHalfToEven } from '../../selection/rounding.ts';
import type { ExpSettings } from './settings.ts';

/**
 * The similarity index S of every channel (Sun et al. 2023): S(d) = round((σ(2·Ψ(d)/max Ψ) − ½)·N), with the logistic function σ and halves
 * rounded to even. Channels with the same S are look-alikes. Where max Ψ is zero the quotient is taken as 0 for Ψ = 0 and as ±∞ for the rest.
 *
 * Ψ [channels] → S [channels], whole numbers from −⌊N/2⌋ to ⌊N/2⌋.
 */
export function similarityIndices(psi: Float64Array, { levels, scale }: Pick<ExpSettings, 'levels' | 'scale'>): Int32Array {
  const divisor =
    scale === 'signed-maximum'
      ? psi.reduce((most, value) => Math.max(most, value), -Infinity)
      : psi.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Int32Array.from(psi, (value) => {
    const quotient = value === 0 ? 0 : divisor === 0 ? value * Infinity : value / divisor;
    return roundHalfToEven((logistic(2 * quotient) - 0.5) * levels);
  });
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
