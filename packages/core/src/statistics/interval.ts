import type { Generator } from '../random/generator.ts';

/** An estimate with an interval that should hold the true value in 95 of 100 repetitions. */
export interface Estimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % point of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * A proportion with Wilson's score interval (Wilson, "Probable inference, the law of succession, and statistical inference", 1927), which, unlike the
 * plain normal one, stays within [0, 1] and holds its level for proportions near 0 and 1.
 * @param successes in [0, trials]; @param trials at least 1.
 */
export function wilsonInterval(successes: number, trials: number): Estimate {
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) throw new RangeError(`${successes} of ${trials} is no proportion`);
  const estimate = successes / trials;
  const spread = z ** 2 / trials;
  const centre = (estimate + spread / 2) / (1 + spread);
  const half = (z / (1 + spread)) * Math.sqrt((estimate * (1 - estimate)) / trials + spread / (4 * trials));
  // At the ends the two terms cancel exactly; rounding must not push the bound past the estimate.
  return { estimate, low: Math.max(0, Math.min(estimate, centre - half)), high: Math.min(1, Math.max(estimate, centre + half)) };
}

/**
 * How much a proportion changes between two measurements of the same things, after minus before, with the adjusted Wald interval of Agresti and Min
 * ("Simple improved confidence intervals for comparing matched proportions", 2005): half a thing is added to each of the four cells.
 * @param gained how many fail before and succeed after; @param lost the other way round; @param trials all things measured.
 */
export function pairedDifference(gained: number, lost: number, trials: number): Estimate {
  if (!(trials >= 1 && gained >= 0 && lost >= 0 && gained + lost <= trials))
    throw new RangeError(`${gained} gained and ${lost} lost of ${trials} is no comparison`);
  const adjusted = trials + 2;
  const [up, down] = [(gained + 0.5) / adjusted, (lost + 0.5) / adjusted];
  const centre = up - down;
  const half = z * Math.sqrt((up + down - centre ** 2) / adjusted);
  return { estimate: (gained - lost) / trials, low: Math.max(-1, centre - half), high: Math.min(1, centre + half) };
}

/**
 * The percentile bootstrap (Efron, "Bootstrap methods: another look at the jackknife", 1979): `statistic` of the sample, and the middle 95 % of the same
 * statistic over samples of equal size drawn from it with replacement. With n members there are at most C(2n − 1, n) different samples: ten for three.
 */
export function bootstrapInterval<Member>(
  sample: readonly Member[],
  statistic: (members: readonly Member[]) => number,
  generator: Generator,
  resamples = 2000,
): Estimate {
  if (sample.length === 0) throw new RangeError('a bootstrap needs at least one member');
  const values = Array.from({ length: resamples }, () =>
    statistic(Array.from({ length: sample.length }, () => sample[generator.integer(sample.length)]!)),
  );
  return percentileInterval(statistic(sample), values);
}

/** An estimate with the middle 95 % of what it came to in resamples of what it is of, in whatever order. @param resampled at least one value. */
export function percentileInterval(estimate: number, resampled: readonly number[]): Estimate {
  if (resampled.length === 0) throw new RangeError('an interval needs at least one resample');
  const values = resampled.toSorted((a, b) => a - b);
  const at = (share: number): number => values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
  return { estimate, low: at(0.025), high: at(0.975) };
}
