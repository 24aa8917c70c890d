import type { Box, LabelledBox } from '@espalier/datasets';
import { encodeOffsets } from './offsets.ts';
import type { PriorBoxes } from './priors.ts';

/** Intersection over union from which a prior is made to answer for an object (Liu et al. 2016, section 2.2, "matching strategy"). */
const matchingOverlap = 0.5;
const nobody = -1;

/** What a detector should answer to some pictures. */
export interface MatchedPriors {
  /** [pictures, priors]: 0 for the background, else 1 + the object's label. */
  readonly labels: Int32Array;
  /** [pictures, priors, 4]: 0 where the label is. */
  readonly offsets: Float32Array;
}

/**
 * Which object each prior answers for: its place among `objects`, or −1. First every object gets a prior of its own, the one that it overlaps most; where two want the same, the one that
 * overlaps it more has it, and the other takes its best among those that are left (bipartite matching, as the authors' code does it). Then every other prior
 * that overlaps some object by at least 0.5 answers for the one that it overlaps most. Of equals the first one counts, on either side.
 */
export function matchPriors(objects: readonly Box[], priors: PriorBoxes): Int32Array {
  const matches = new Int32Array(priors.count).fill(nobody);
  const best = new Float64Array(priors.count);
  const overlaps = objects.map((object) => overlapsOf(object, priors));
  overlaps.forEach((ofObject, object) => {
    for (let prior = 0; prior < priors.count; prior++) {
      const overlap = ofObject[prior]!;
      if (overlap <= best[prior]! || overlap < matchingOverlap) continue;
      best[prior] = overlap;
      matches[prior] = object;
    }
  });
  for (const [prior, object] of priorsOfTheirOwn(overlaps)) matches[prior] = object;
  return matches;
}

/** A prior for each object, all different, while there are some that overlap it at all: object by prior. */
function priorsOfTheirOwn(overlaps: readonly Float64Array[]): ReadonlyMap<number, number> {
  const objectOf = new Map<number, number>();
  const waiting = new Map(overlaps.map((ofObject, object) => [object, bestFree(ofObject, objectOf)]));
  while (waiting.size > 0) {
    let next = nobody;
    for (const [object, prior] of waiting) {
      if (prior === nobody) waiting.delete(object);
      else if (next === nobody || overlaps[object]![prior]! > overlaps[next]![waiting.get(next)!]!) next = object;
    }
    if (next === nobody) break;
    const taken = waiting.get(next)!;
    objectOf.set(taken, next);
    waiting.delete(next);
    for (const [object, prior] of waiting) if (prior === taken) waiting.set(object, bestFree(overlaps[object]!, objectOf));
  }
  return objectOf;
}

/** The prior that overlaps the object most of those that no object has yet. */
function bestFree(ofObject: Float64Array, objectOf: ReadonlyMap<number, number>): number {
  let best = nobody;
  let most = 0;
  for (let prior = 0; prior < ofObject.length; prior++) {
    if (ofObject[prior]! <= most || objectOf.has(prior)) continue;
    best = prior;
    most = ofObject[prior]!;
  }
  return best;
}

/** Intersection over union of a box with every prior. Written out in numbers: with an object for each prior it takes several times as long. */
function overlapsOf({ left, top, right, bottom }: Box, { count, values }: PriorBoxes): Float64Array {
  const overlaps = new Float64Array(count);
  const area = (right - left) * (bottom - top);
  for (let prior = 0; prior < count; prior++) {
    const at = 4 * prior;
    const halfWidth = values[at + 2]! / 2;
    const halfHeight = values[at + 3]! / 2;
    const width = Math.min(right, values[at]! + halfWidth) - Math.max(left, values[at]! - halfWidth);
    const height = Math.min(bottom, values[at + 1]! + halfHeight) - Math.max(top, values[at + 1]! - halfHeight);
    if (width <= 0 || height <= 0) continue;
    const shared = width * height;
    overlaps[prior] = shared / (area + values[at + 2]! * values[at + 3]! - shared);
  }
  return overlaps;
}

/**
 * What a detector should answer to some pictures with the given objects, in shares of height and width. Difficult objects are learnt as all others are, as in the authors' code: they are
 * only left out when a detector is judged.
 */
export function matchScenes(scenes: readonly (readonly LabelledBox[])[], priors: PriorBoxes): MatchedPriors {
  const labels = new Int32Array(scenes.length * priors.count);
  const offsets = new Float32Array(scenes.length * priors.count * 4);
  scenes.forEach((objects, picture) => {
    const first = picture * priors.count;
    const ofPicture = offsets.subarray(4 * first, 4 * (first + priors.count));
    matchPriors(objects, priors).forEach((match, prior) => {
      if (match === nobody) return;
      labels[first + prior] = 1 + objects[match]!.label;
      encodeOffsets(objects[match]!, priors, prior, ofPicture);
    });
  });
  return { labels, offsets };
}
