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
  const order = bestFirst(scores, settings);
  // Side by side in the order of their scores: the pairs are gone through many times over.
  const edges = new Float64Array(4 * order.length);
  order.forEach((place, rank) => edges.set(boxes.subarray(4 * place, 4 * place + 4), 4 * rank));
  const isGone = new Uint8Array(order.length);
  const kept: number[] = [];
  for (let better = 0; better < order.length; better++) {
    if (isGone[better] === 1) continue;
    kept.push(order[better]!);
    for (let rank = better + 1; rank < order.length; rank++) {
      if (isGone[rank] === 0 && overlapAt(edges, 4 * better, 4 * rank) > settings.largestOverlap) isGone[rank] = 1;
    }
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

/** Intersection over union of the boxes that begin at two places of `edges`; 0 for boxes without area. */
function overlapAt(edges: Float64Array, a: number, b: number): number {
  const width = Math.min(edges[a + 2]!, edges[b + 2]!) - Math.max(edges[a]!, edges[b]!);
  if (!(width > 0)) return 0;
  const height = Math.min(edges[a + 3]!, edges[b + 3]!) - Math.max(edges[a + 1]!, edges[b + 1]!);
  if (!(height > 0)) return 0;
  const shared = width * height;
  return shared / (areaAt(edges, a) + areaAt(edges, b) - shared);
}

const areaAt = (edges: Float64Array, start: number): number =>
  (edges[start + 2]! - edges[start]!) * (edges[start + 3]! - edges[start + 1]!);
