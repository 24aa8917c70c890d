import { createGenerator, percentileInterval, seedOfDigest, type AveragePrecision, type Digest, type Estimate } from '@espalier/core';
import type { Recount } from '../detection/evaluate/recount.ts';

/** Mean average precision, or a change of it, by both definitions, each with a 95 % interval. */
export type PrecisionEstimate = Readonly<Record<keyof AveragePrecision, Estimate>>;

/** What mean average precision came to in every resample; null where a resample had nothing to find. */
export type ResampledPrecision = readonly (AveragePrecision | null)[];

/** The ends of an interval are then uncertain by a twelfth of a standard error: √(0.025 · 0.975 / 1000) over the normal density there. */
const resampleCount = 1000;

/**
 * The percentile bootstrap over pictures (Efron, "Bootstrap methods: another look at the jackknife", 1979): a resample is as many pictures, drawn with
 * replacement, with all their detections and objects. All networks are looked at in the same resamples, so that the difference of two of them is one of
 * matched pictures. The draws depend on the dataset's digest, the split and the number of pictures alone.
 */
export class PictureBootstrap {
  /** How often each picture is in each resample. */
  readonly #times: readonly Uint16Array[];

  constructor({ dataset, split, images }: { readonly dataset: Digest; readonly split: string; readonly images: number }) {
    const generator = createGenerator(seedOfDigest(dataset), 'bootstrap', split, images);
    this.#times = Array.from({ length: resampleCount }, () => {
      const times = new Uint16Array(images);
      for (let drawn = 0; drawn < images; drawn++) times[generator.integer(images)]!++;
      return times;
    });
  }

  /** @param recount of as many pictures. */
  resample(recount: Recount): ResampledPrecision {
    return this.#times.map((times) => recount.precision(times));
  }
}

/** Resamples with nothing to find say nothing of an interval. @param estimate of the pictures as they are: something is to be found in them. */
export function precisionEstimate(estimate: AveragePrecision, resampled: ResampledPrecision): PrecisionEstimate {
  const known = resampled.filter((precision) => precision !== null);
  const of = (definition: keyof AveragePrecision): Estimate =>
    percentileInterval(estimate[definition], known.length === 0 ? [estimate[definition]] : known.map((precision) => precision[definition]));
  return { voc07: of('voc07'), area: of('area') };
}

/** After minus before, resample by resample. */
export function precisionChange(
  [before, resampledBefore]: readonly [AveragePrecision, ResampledPrecision],
  [after, resampledAfter]: readonly [AveragePrecision, ResampledPrecision],
): PrecisionEstimate {
  const minus = (a: AveragePrecision, b: AveragePrecision): AveragePrecision => ({ voc07: a.voc07 - b.voc07, area: a.area - b.area });
  const differences = resampledAfter.map((precision, place) => {
    const other = resampledBefore[place]!;
    return precision === null || other === null ? null : minus(precision, other);
  });
  return precisionEstimate(minus(after, before), differences);
}
