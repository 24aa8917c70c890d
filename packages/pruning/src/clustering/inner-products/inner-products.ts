import type { Points } from '../points.ts';
import { kernel } from './kernel.ts';

/** Dimensions worked on at a time: a tile of four rows is then 8 KiB and stays in the first cache. */
const panelDimensions = 256;
/** Tiles of columns worked on at a time: their part of the panel is then at most half a mebibyte and stays in the second cache. */
const columnTiles = 64;
const pageBytes = 65_536;

/** As much of the standard as is used here; TypeScript declares it only together with all of the DOM. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  accumulate(panel: number, sums: number, tiles: number, tileBytes: number, left: number, right: number): void;
}

let compiled: object | undefined;

/** A fresh kernel each time: its memory, which holds the whole result, is then free again when the result is. */
function instantiate(): Kernel {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernel), (character) => character.charCodeAt(0)));
  return new WebAssembly.Instance(compiled).exports as Kernel;
}

/**
 * The inner products of all pairs of points, [count, count] row-major and symmetric, in double precision: n²/2 · d multiply-adds.
 *
 * This is the one place of the package that is not plain TypeScript: JavaScript has no vector instructions, and with them it is several times as
 * fast (2048 points of 3136 dimensions: about a second on one core). The order of the sums is fixed, so the same points give the same bits.
 */
export function innerProducts({ count, dimensions, values }: Points): Float64Array {
  if (count === 0) return new Float64Array(0);
  const tiles = Math.ceil(count / 4);
  const pitch = tiles * 4;
  const widest = Math.min(panelDimensions, dimensions + (dimensions % 2));
  const panelBytes = pitch * widest * 8;
  const { memory, accumulate } = instantiate();
  memory.grow(Math.ceil((panelBytes + pitch * pitch * 8) / pageBytes));
  const panel = new Float64Array(memory.buffer, 0, pitch * widest);
  const sums = new Float64Array(memory.buffer, panelBytes, pitch * pitch);
  for (let first = 0; first < dimensions; first += widest) {
    const width = Math.min(widest, dimensions - first);
    const evenWidth = width + (width % 2);
    if (evenWidth !== width || pitch !== count) panel.fill(0);
    for (let row = 0; row < count; row++) {
      const start = row * dimensions + first;
      let place = (row >> 2) * 4 * evenWidth + (row & 3) * 2;
      for (let k = start; k < start + width - 1; k += 2, place += 8) {
        panel[place] = values[k]!;
        panel[place + 1] = values[k + 1]!;
      }
      if (width < evenWidth) panel[place] = values[start + width - 1]!;
    }
    for (let left = 0; left < tiles; left += columnTiles)
      accumulate(0, panelBytes, tiles, 4 * evenWidth * 8, left, Math.min(left + columnTiles, tiles));
  }
  return mirrored(sums, count, pitch);
}

/** The upper triangle of a padded matrix as a whole one, in its place where nothing is padded. Blocks of 32 × 32, so that reading across rows stays in the cache. */
function mirrored(upper: Float64Array, count: number, pitch: number): Float64Array {
  const whole = pitch === count ? upper : new Float64Array(count * count);
  const block = 32;
  for (let top = 0; top < count; top += block)
    for (let left = top; left < count; left += block)
      for (let i = top; i < Math.min(top + block, count); i++)
        for (let j = Math.max(left, i); j < Math.min(left + block, count); j++) {
          const sum = upper[i * pitch + j]!;
          whole[i * count + j] = sum;
          whole[j * count + i] = sum;
        }
  return whole;
}
