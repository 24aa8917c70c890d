import { EspalierError, estimateMedian } from '@espalier/core';
import { type LatencyEnvironment, latencyEnvironment } from './environment.ts';
import { type LatencySubject, openTimed, type TimedNetwork } from './subject.ts';

export interface LatencyOptions {
  /** Threads that share one operator's work. */
  readonly threads?: number;
  /** Pictures of one run. */
  readonly batch?: number;
  /** Runs before the first that counts: they fill caches and let the runtime settle. */
  readonly warmUp?: number;
  /** Runs that count. */
  readonly repetitions?: number;
  /** A large network gets fewer repetitions, though at least 20, rather than more than this many milliseconds of them. */
  readonly budgetMs?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock?: () => number;
  /** Called between two rounds, for whoever has to show that it is alive or may be told to stop; what it throws ends the measurement. */
  readonly between?: () => Promise<void>;
}

/** The time of one run of a whole batch. */
export interface LatencyMeasurement extends LatencyEnvironment {
  readonly threads: number;
  readonly batch: number;
  readonly warmUp: number;
  /** Runs that counted. */
  readonly repetitions: number;
  readonly medianMs: number;
  /** The distribution-free 95 % interval of the median, from the order statistics: see `estimateMedian`. */
  readonly lowMs: number;
  readonly highMs: number;
  /**
   * Runs beyond the third quartile by more than three times the distance of the quartiles (Tukey's outer fence). They are counted and not left out: the
   * median and its interval do not mind them, and many of them say that the machine was not quiet.
   */
  readonly outliers: number;
}

export interface LatencyComparison {
  readonly a: LatencyMeasurement;
  readonly b: LatencyMeasurement;
  /** The median of b's time over a's in the same round, and its 95 % interval. */
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number };
  /** What b is against a. Nothing is called a difference while the interval of the ratio holds one. */
  readonly verdict: 'faster' | 'slower' | 'no difference';
}

const leastRepetitions = 20;

interface Settings extends Required<LatencyOptions> {}

function settingsOf(options: LatencyOptions): Settings {
  const settings: Settings = {
    threads: 1,
    batch: 1,
    warmUp: 20,
    repetitions: 200,
    budgetMs: 20_000,
    clock: () => performance.now(),
    between: async () => undefined,
    ...options,
  };
  for (const key of ['threads', 'batch', 'warmUp', 'repetitions'] as const) {
    const least = key === 'warmUp' ? 0 : 1;
    if (!Number.isSafeInteger(settings[key]) || settings[key] < least)
      throw new EspalierError('BAD_INPUT', `${key} must be a whole number of at least ${least}, but is ${settings[key]}`, {
        hint: `Leave ${key} out for the usual one.`,
        path: [key],
      });
  }
  return settings;
}

/**
 * Measures how long ONNX Runtime takes for one run of `batch` pictures on this machine's CPU, by one thread unless `threads` says otherwise, optimised
 * as it optimises by default. Throws what `openOnnxSession` throws.
 */
export async function measureLatency(subject: LatencySubject, options: LatencyOptions = {}): Promise<LatencyMeasurement> {
  const [measurement] = await measureLatencies([subject], options);
  return measurement!;
}

/** The same for several networks in turn, so that whatever else the machine does meets all of them alike. */
export async function measureLatencies(subjects: readonly LatencySubject[], options: LatencyOptions = {}): Promise<LatencyMeasurement[]> {
  const settings = settingsOf(options);
  const times = await timesInTurn(subjects, settings);
  return times.map((ofOne) => measurementOf(ofOne, settings));
}

/**
 * Measures two networks in turn (a b, b a, a b, …) and judges by the ratios of the two times of each round.
 */
export async function compareLatency(a: LatencySubject, b: LatencySubject, options: LatencyOptions = {}): Promise<LatencyComparison> {
  const settings = settingsOf(options);
  const [timesA, timesB] = (await timesInTurn([a, b], settings)) as [number[], number[]];
  const ratio = estimateMedian(timesB.map((time, round) => time / timesA[round]!));
  return {
    a: measurementOf(timesA, settings),
    b: measurementOf(timesB, settings),
    ratio,
    verdict: ratio.high < 1 ? 'faster' : ratio.low > 1 ? 'slower' : 'no difference',
  };
}

/** Milliseconds of each round, for each subject. */
async function timesInTurn(subjects: readonly LatencySubject[], settings: Settings): Promise<number[][]> {
  const { threads, batch, warmUp, repetitions, budgetMs, clock, between } = settings;
  const networks: TimedNetwork[] = [];
  try {
    for (const subject of subjects) networks.push(await openTimed(subject, threads, batch));
    const times = networks.map((): number[] => []);
    const start = clock();
    let now = start;
    for (let round = -warmUp; round < repetitions; round++) {
      const order = [...networks.keys()];
      for (const index of round % 2 === 0 ? order : order.toReversed()) {
        const from = clock();
        await networks[index]!.run();
        now = clock();
        if (round >= 0) times[index]!.push(now - from);
      }
      await between();
      if (round + 1 >= leastRepetitions && now - start > budgetMs * subjects.length) break;
    }
    return times;
  } finally {
    for (const network of networks) await network.close();
  }
}

function measurementOf(times: readonly number[], { threads, batch, warmUp }: Settings): LatencyMeasurement {
  const { median, low, high } = estimateMedian(times);
  return {
    ...latencyEnvironment(),
    threads,
    batch,
    warmUp,
    repetitions: times.length,
    medianMs: median,
    lowMs: low,
    highMs: high,
    outliers: countOutliers(times),
  };
}

/** Quartiles by linear interpolation between the order statistics (Hyndman and Fan 1996, type 7). */
export function countOutliers(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return low + (high - low) * (place - Math.floor(place));
  };
  const [first, third] = [quantile(0.25), quantile(0.75)];
  const fence = third + 3 * (third - first);
  return times.filter((time) => time > fence).length;
}
