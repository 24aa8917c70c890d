/** Boxes one after the other, four numbers each: left, top, right, bottom. */
export type BoxRows = Float32Array;

export interface SuppressionSettings {
  /** Boxes that score less are no detections. */
  readonly minimumScore: number;
  /** A box that overlaps a better one of its class by more than this (intersection over union) is the same object seen again. */
  readonly largestOverlap: number;
  /** Of each class only so many of the best boxes are looked at. */
  readonly candidates: number;
}

/**
 * Greedy non-maximum suppression of one class: the best box stays, all that overlap it too much go, and so on with what is left. Of equal scores the
 * lower place is the better one, so the answer never depends on a sorting.
 *
 * @param boxes [n, 4] @param scores [n], each in [0, 1]
 * @returns the places of the boxes that stay, the best first.
 */
export function suppress(boxes: BoxRows, scores: Float32Array, settings: SuppressionSettings): number[] {
  const { largestOverlap } = settings;
  const kept: number[] = [];
  for (const place of bestFirst(scores, settings)) {
    if (kept.every((better) => overlapAt(boxes, better, place) <= largestOverlap)) kept.push(place);
  }
  return kept;
}

/** So that a score and a place make one number: places below this, scores of 30 bits, 53 bits in all. */
const placesLimit = 2 ** 23;

/** The places of the best scores. Positive floats are ordered as their bits are, so sorting plain numbers does it, without a comparing function. */
function bestFirst(scores: Float32Array, { minimumScore, candidates }: SuppressionSettings): Uint32Array {
  if (scores.length > placesLimit) throw new RangeError(`${scores.length} boxes are more than ${placesLimit}`);
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const keys = new Float64Array(scores.length);
  let found = 0;
  for (let place = 0; place < scores.length; place++) {
    if (scores[place]! > minimumScore) keys[found++] = bits[place]! * placesLimit + (placesLimit - 1 - place);
  }
  const sorted = keys.subarray(0, found).sort();
  return Uint32Array.from(
    { length: Math.min(candidates, found) },
    (_, rank) => placesLimit - 1 - (sorted[found - 1 - rank]! % placesLimit),
  );
}

/** Intersection over union of two rows; 0 for boxes without area. */
function overlapAt(boxes: BoxRows, a: number, b: number): number {
  const [i, j] = [4 * a, 4 * b];
  const width = Math.min(boxes[i + 2]!, boxes[j + 2]!) - Math.max(boxes[i]!, boxes[j]!);
  const height = Math.min(boxes[i + 3]!, boxes[j + 3]!) - Math.max(boxes[i + 1]!, boxes[j + 1]!);
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  return shared / (areaAt(boxes, i) + areaAt(boxes, j) - shared);
}

const areaAt = (boxes: BoxRows, start: number): number => (boxes[start + 2]! - boxes[start]!) * (boxes[start + 3]! - boxes[start + 1]!);
