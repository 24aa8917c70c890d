/**
 * A rectangle of a picture: `left` ≤ x < `right` and `top` ≤ y < `bottom`, counted from the upper left corner, so that width is right − left. In pixels
 * where boxes belong to a picture, in shares of its height and width where they belong to a batch.
 */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface LabelledBox extends Box {
  /** The place of its class among the dataset's classes, from 0; the background has none. */
  readonly label: number;
  /** Too hard to be counted when a detector is judged, as PASCAL VOC marks it. */
  readonly difficult: boolean;
}

export const areaOf = ({ left, top, right, bottom }: Box): number => Math.max(0, right - left) * Math.max(0, bottom - top);

export const intersectionOf = (a: Box, b: Box): Box => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});

/** Intersection over union, in [0, 1]; 0 for boxes without area. */
export function overlapOf(a: Box, b: Box): number {
  const shared = areaOf(intersectionOf(a, b));
  const union = areaOf(a) + areaOf(b) - shared;
  return union > 0 ? shared / union : 0;
}
