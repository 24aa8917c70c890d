import type { AveragePrecision } from '@espalier/core';
import { averagePrecisionAt, meanAveragePrecision } from './curve.ts';

/** One class over some pictures, each by its number: whose the objects are that count, and the detections, the best first. */
interface JudgedClass {
  readonly objects: readonly number[];
  readonly ranked: readonly { readonly picture: number; readonly hit: boolean }[];
}

/** The pictures and the hits are looked at thousands of times over, side by side. */
interface Packed {
  readonly objects: Uint32Array;
  readonly pictures: Uint32Array;
  readonly isHit: Uint8Array;
}

/**
 * Mean average precision of pictures that were judged before, each taken as often as one likes, as resamples do. Detections are matched with the objects of
 * their own picture alone, so a picture that is taken twice brings its hits and its false ones twice, and nothing has to be matched anew.
 */
export class Recount {
  readonly #classes: readonly Packed[];

  constructor(classes: readonly JudgedClass[]) {
    this.#classes = classes.map(({ objects, ranked }) => ({
      objects: Uint32Array.from(objects),
      pictures: Uint32Array.from(ranked, ({ picture }) => picture),
      isHit: Uint8Array.from(ranked, ({ hit }) => (hit ? 1 : 0)),
    }));
  }

  /**
   * @param times how often each picture counts, in the order in which they were judged.
   * @returns null where no class has an object that counts.
   */
  precision(times: ArrayLike<number>): AveragePrecision | null {
    return meanAveragePrecision(
      this.#classes.map((packed) => {
        const objects = packed.objects.reduce((sum, picture) => sum + times[picture]!, 0);
        return { averagePrecision: objects === 0 ? null : averagePrecisionAt(precisionsAtHits(packed, times), objects) };
      }),
    );
  }
}

function precisionsAtHits({ pictures, isHit }: Packed, times: ArrayLike<number>): number[] {
  const precisions: number[] = [];
  let rank = 0;
  for (let place = 0; place < pictures.length; place++) {
    const count = times[pictures[place]!]!;
    if (isHit[place] === 0) {
      rank += count;
      continue;
    }
    for (let copy = 0; copy < count; copy++) precisions.push((precisions.length + 1) / ++rank);
  }
  return precisions;
}
