import type { Generator } from '@espalier/core';
import type { Size } from '../../pictures/view.ts';
import type { Box } from '../box.ts';

/**
 * Lays a picture on a larger ground, which makes its objects small (Liu et al. 2016, section 3.6, "zoom out"): in half of the draws the frame is up to
 * `largest` times as high and wide as the picture, which lies anywhere in it.
 * @returns the frame in the picture's pixels, whole numbers: what lies outside the picture is ground.
 */
export function drawExpansion({ height, width }: Size, largest: number, generator: Generator): Box {
  const whole = { left: 0, top: 0, right: width, bottom: height };
  if (largest <= 1 || generator.integer(2) === 0) return whole;
  const ratio = 1 + (largest - 1) * generator.uniform();
  const frameWidth = Math.round(ratio * width);
  const frameHeight = Math.round(ratio * height);
  const left = generator.integer(frameWidth - width + 1);
  const top = generator.integer(frameHeight - height + 1);
  return { left: -left, top: -top, right: frameWidth - left, bottom: frameHeight - top };
}
