import { overlapOf, type Box, type LabelledBox } from '@espalier/datasets';
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
  if (objects.length === 0) return matches;
  const best = new Float64Array(priors.count);
  const overlaps = objects.map((object, index) => {
    const ofObject = overlapsOf(object, priors);
    ofObject.forEach((overlap, prior) => {
      if (overlap <= best[prior]! || overlap < matchingOverlap) return;
      best[prior] = overlap;
      matches[prior] = index;
    });
    return ofObject;
  });
  for (const [prior, object] of priorsOfTheirOwn(overlaps)) matches[prior] = object;
  return matches;
}

/** A prior for each object, all different, while there are some that overlap it at all. */
function priorsOfTheirOwn(overlaps: readonly Float64Array[]): ReadonlyMap<number, number> {
  const objectOf = new Map<number, number>();
  const bestFree = (object: number): number => {
    let best = nobody;
    overlaps[object]!.forEach((overlap, prior) => {
      if (overlap > (best === nobody ? 0 : overlaps[object]![best]!) && !objectOf.has(prior)) best = prior;
    });
    return best;
  };
  const waiting = new Map(overlaps.map((_, object) => [object, bestFree(object)]));
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
    for (const [object, prior] of waiting) if (prior === taken) waiting.set(object, bestFree(object));
  }
  return objectOf;
}

/** Intersection over union of a box with every prior. */
function overlapsOf(box: Box, { count, values }: PriorBoxes): Float64Array {
  return Float64Array.from({ length: count }, (_, prior) => {
    const [x, y, width, height] = [values[4 * prior]!, values[4 * prior + 1]!, values[4 * prior + 2]!, values[4 * prior + 3]!];
    return overlapOf(box, { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 });
  });
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
