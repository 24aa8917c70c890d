import type { Box } from '@espalier/datasets';
import type { PriorBoxes } from './priors.ts';

/** By what SSD divides the offsets of centres and of sizes, so that all of them vary about as much as one another ("variances" in the authors' code). */
const centreVariance = 0.1;
const sizeVariance = 0.2;

/**
 * What a detector should answer at prior `index` for an object in `box`: how far its centre is from the prior's, in shares of the prior's width and height, and the
 * logarithms of their sizes' ratios (Liu et al. 2016, eq. 2), each divided by its variance. Writes the four to `offsets` [count, 4], in the prior's row.
 */
export function encodeOffsets({ left, top, right, bottom }: Box, { values }: PriorBoxes, index: number, offsets: Float32Array): void {
  const at = 4 * index;
  const [x, y, width, height] = [values[at]!, values[at + 1]!, values[at + 2]!, values[at + 3]!];
  offsets[at] = ((left + right) / 2 - x) / width / centreVariance;
  offsets[at + 1] = ((top + bottom) / 2 - y) / height / centreVariance;
  offsets[at + 2] = Math.log((right - left) / width) / sizeVariance;
  offsets[at + 3] = Math.log((bottom - top) / height) / sizeVariance;
}

/** The other way round for all priors of one picture: `offsets` [count, 4] → boxes [count, 4], left, top, right, bottom in shares of the picture. */
export function decodeOffsets(offsets: Float32Array, { count, values }: PriorBoxes): Float32Array {
  const boxes = new Float32Array(4 * count);
  for (let at = 0; at < boxes.length; at += 4) {
    const [width, height] = [values[at + 2]!, values[at + 3]!];
    const x = values[at]! + offsets[at]! * centreVariance * width;
    const y = values[at + 1]! + offsets[at + 1]! * centreVariance * height;
    const halfWidth = (width * Math.exp(offsets[at + 2]! * sizeVariance)) / 2;
    const halfHeight = (height * Math.exp(offsets[at + 3]! * sizeVariance)) / 2;
    boxes[at] = x - halfWidth;
    boxes[at + 1] = y - halfHeight;
    boxes[at + 2] = x + halfWidth;
    boxes[at + 3] = y + halfHeight;
  }
  return boxes;
}
