import type { Generator } from '@espalier/core';
import { overlapOf, type Box } from '../box.ts';

/** What a crop must overlap some object by; 0 is any crop, null the whole frame (Liu et al. 2016, section 2.2, "data augmentation"). */
const minimumOverlaps = [null, 0.1, 0.3, 0.5, 0.7, 0.9, 0] as const;
const attempts = 50;
const rounds = 10;
const smallestShare = 0.3;

export interface OverlapCrop {
  readonly window: Box;
  readonly minimumOverlap: number | null;
}

/**
 * A random part of `frame`: its sides are at least 0.3 of the frame's, one at most twice the other, it overlaps some box (intersection over union) by the minimum
 * that was drawn, and the centre of some box lies in it. A minimum that 50 attempts do not meet is drawn anew; after ten of them the whole frame is taken.
 * @param frame and boxes in the same pixels, the frame in whole ones, and so the crop.
 */
export function drawOverlapCrop(frame: Box, boxes: readonly Box[], generator: Generator): OverlapCrop {
  const whole: OverlapCrop = { window: frame, minimumOverlap: null };
  for (let round = 0; round < rounds; round++) {
    const minimumOverlap = minimumOverlaps[generator.integer(minimumOverlaps.length)]!;
    if (minimumOverlap === null) return whole;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const window = drawWindow(frame, generator);
      if (window === null) continue;
      if (boxes.length === 0) return { window, minimumOverlap: 0 };
      const overlaps = boxes.some((box) => overlapOf(box, window) >= minimumOverlap);
      if (overlaps && boxes.some((box) => hasCentreIn(box, window))) return { window, minimumOverlap };
    }
  }
  return whole;
}

function drawWindow({ left, top, right, bottom }: Box, generator: Generator): Box | null {
  const side = (length: number): number => Math.max(1, Math.round(length * (smallestShare + (1 - smallestShare) * generator.uniform())));
  const width = side(right - left);
  const height = side(bottom - top);
  if (width > 2 * height || height > 2 * width) return null;
  const windowLeft = left + generator.integer(right - left - width + 1);
  const windowTop = top + generator.integer(bottom - top - height + 1);
  return { left: windowLeft, top: windowTop, right: windowLeft + width, bottom: windowTop + height };
}

export function hasCentreIn(box: Box, { left, top, right, bottom }: Box): boolean {
  const x = (box.left + box.right) / 2;
  const y = (box.top + box.bottom) / 2;
  return x >= left && x < right && y >= top && y < bottom;
}
