import type { ImageShape } from '../dataset.ts';

/** Where a picture is looked at: moved by whole pixels (what comes in from outside is 0 in pixels, black) and perhaps mirrored. */
export interface ImageWindow {
  readonly down: number;
  readonly right: number;
  readonly flipped: boolean;
}

/**
 * Copies picture `example` of `pixels` [count, height, width, channels], normalised by `table` (see `normalisationTable`), to `offset` in
 * `target`. Padding is added before normalisation, so that it is as black as a black pixel.
 */
export function copyImage(
  pixels: Uint8Array,
  example: number,
  [height, width, channels]: ImageShape,
  table: Float32Array,
  { down, right, flipped }: ImageWindow,
  target: Float32Array,
  offset: number,
): void {
  const source = example * height * width * channels;
  let write = offset;
  for (let row = 0; row < height; row++) {
    const sourceRow = row + down;
    const rowInside = sourceRow >= 0 && sourceRow < height;
    for (let column = 0; column < width; column++) {
      const sourceColumn = (flipped ? width - 1 - column : column) + right;
      const inside = rowInside && sourceColumn >= 0 && sourceColumn < width;
      const read = source + (sourceRow * width + sourceColumn) * channels;
      for (let channel = 0; channel < channels; channel++) {
        target[write++] = table[(channel << 8) + (inside ? pixels[read + channel]! : 0)]!;
      }
    }
  }
}
