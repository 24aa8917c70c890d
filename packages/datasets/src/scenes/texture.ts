import type { Generator } from '@espalier/core';
import type { Size } from '../pictures/view.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export const drawColour = (generator: Generator): Colour => [generator.integer(256), generator.integer(256), generator.integer(256)];

const octaves = [
  { cells: 3, share: 0.6 },
  { cells: 9, share: 0.25 },
  { cells: 40, share: 0.15 },
] as const;

/**
 * A ground that is nowhere plain: between two colours by value noise, random values on lattices of several finenesses, bilinear in between.
 * @returns pixels [height, width, 3].
 */
export function drawTexture({ height, width }: Size, generator: Generator): Uint8Array {
  const [from, to] = [drawColour(generator), drawColour(generator)];
  const blend = new Float64Array(height * width);
  for (const { cells, share } of octaves) {
    const lattice = Float64Array.from({ length: (cells + 2) ** 2 }, () => share * generator.uniform());
    for (let y = 0; y < height; y++) {
      const down = (cells * y) / height;
      const row = Math.floor(down);
      const below = down - row;
      for (let x = 0; x < width; x++) {
        const right = (cells * x) / width;
        const column = Math.floor(right);
        const beside = right - column;
        const corner = row * (cells + 2) + column;
        const upper = lattice[corner]! * (1 - beside) + lattice[corner + 1]! * beside;
        const lower = lattice[corner + cells + 2]! * (1 - beside) + lattice[corner + cells + 3]! * beside;
        blend[y * width + x]! += upper * (1 - below) + lower * below;
      }
    }
  }
  const pixels = new Uint8Array(height * width * 3);
  for (let index = 0; index < pixels.length; index++) {
    const channel = (index % 3) as 0 | 1 | 2;
    pixels[index] = Math.round(from[channel] + (to[channel] - from[channel]) * blend[(index - channel) / 3]!);
  }
  return pixels;
}
