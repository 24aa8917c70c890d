import type { Generator } from '@espalier/core';
import { changeBytes, turnHue } from '../../augmentation/colour-jitter.ts';

/** The photometric changes of one picture; what is left out is not changed. */
export interface Distortion {
  /** Added to every byte. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** Share of the circle. */
  readonly hue?: number;
  /** Whether contrast comes after saturation and hue. */
  readonly contrastLast: boolean;
}

/** SSD's strengths: ± 32 of 255, factors in [0.5, 1.5], ± 18 degrees, each in half of the pictures. */
export function drawDistortion(generator: Generator): Distortion {
  const half = (draw: (uniform: number) => number): number | undefined =>
    generator.integer(2) === 1 ? draw(2 * generator.uniform() - 1) : undefined;
  return {
    brightness: half((x) => 32 * x),
    contrast: half((x) => 1 + x / 2),
    saturation: half((x) => 1 + x / 2),
    hue: half((x) => (18 * x) / 360),
    contrastLast: generator.integer(2) === 1,
  };
}

/** Changes red, green, blue `pixels` [height · width, 3] in place. A factor of contrast multiplies, one of saturation is that of HSV. */
export function distort(pixels: Uint8Array, { brightness, contrast, saturation, hue, contrastLast }: Distortion): void {
  if (brightness !== undefined) changeBytes(pixels, (value) => value + brightness);
  if (contrast !== undefined && !contrastLast) changeBytes(pixels, (value) => value * contrast);
  if (saturation !== undefined) saturate(pixels, saturation);
  if (hue !== undefined) turnHue(pixels, hue);
  if (contrast !== undefined && contrastLast) changeBytes(pixels, (value) => value * contrast);
}

/** Saturation is chroma by the largest channel: that channel stays, the others move away from it or towards it, none below 0. */
function saturate(pixels: Uint8Array, factor: number): void {
  for (let index = 0; index < pixels.length; index += 3) {
    const largest = Math.max(pixels[index]!, pixels[index + 1]!, pixels[index + 2]!);
    const least = Math.min(pixels[index]!, pixels[index + 1]!, pixels[index + 2]!);
    if (largest === least) continue;
    const within = Math.min(factor, largest / (largest - least));
    for (let channel = index; channel < index + 3; channel++) pixels[channel] = Math.round(largest - within * (largest - pixels[channel]!));
  }
}
