import type { Points } from '../points.ts';
import { askForHelp, helperCount } from './helpers.ts';
import { controlBytes, workspaceOf } from './workspace.ts';

/** Dimensions worked on at a time: a tile of four rows is then 8 KiB and stays in the first cache. */
const panelDimensions = 256;
const tileRows = 4;
/** Columns of a block of sums, as in kernel.wat. */
const blockColumns = 64;
const doubleBytes = 8;

/** Multiply-adds from which on it pays to ask for help: about 5 ms of one core. */
const worthHelp = 2 ** 25;

/**
 * The inner products of all pairs of points, [count, count] row-major and symmetric, in double precision: n²/2 · d multiply-adds.
 *
 * This is the one place of the package that is not plain TypeScript: JavaScript has no vector instructions, and with them it is several times as
 * fast (2048 points of 3136 dimensions: about a second on one core). Other cores help where it is much: `helpers` threads beside the one that calls,
 * which blocks until all is done. The order of the sums is fixed, so the same points give the same bits, with whatever help.
 */
export function innerProducts(
  points: Points,
  { helpers = (points.count ** 2 / 2) * points.dimensions < worthHelp ? 0 : helperCount }: { readonly helpers?: number } = {},
): Float64Array {
  const { count, dimensions } = points;
  if (count === 0 || dimensions === 0) return new Float64Array(count ** 2);
  const tiles = Math.ceil(count / tileRows);
  const rows = tiles * tileRows;
  const widest = Math.min(panelDimensions, even(dimensions));
  // One panel is filled while helpers work on the other.
  const panelCount = dimensions > widest ? 2 : 1;
  const panelBytes = rows * widest * doubleBytes;
  const sumsAddress = controlBytes + panelCount * panelBytes;
  const sumsLength = sumsBefore(Math.ceil(rows / blockColumns) - 1) + rows * blockColumns;

  const workspace = workspaceOf(sumsAddress + sumsLength * doubleBytes);
  const { kernel, memory } = workspace;
  const sums = new Float64Array(memory.buffer, sumsAddress, sumsLength).fill(0);
  const panelFrom = (first: number): { address: number; tileBytes: number } => {
    const address = controlBytes + ((first / widest) % panelCount) * panelBytes;
    const width = fillPanel(new Float64Array(memory.buffer, address, rows * widest), points, first, Math.min(widest, dimensions - first));
    return { address, tileBytes: tileRows * width * doubleBytes };
  };

  kernel.begin(tiles, sumsAddress);
  askForHelp(workspace, helpers);
  let panel = panelFrom(0);
  for (let next = widest; ; next += widest) {
    kernel.open(panel.address, panel.tileBytes);
    if (next < dimensions) panel = panelFrom(next);
    kernel.work();
    kernel.join();
    if (next >= dimensions) break;
  }
  kernel.close();
  return mirrored(sums, count);
}

const even = (width: number): number => width + (width % 2);

/** Where a block's sums begin: before it lie 1 + 2 + … + `block` squares. */
const sumsBefore = (block: number): number => ((block * (block + 1)) / 2) * blockColumns ** 2;

/** The dimensions from `first` on in the order of kernel.wat, with zeros for rows and dimensions that fill up; gives the even width. */
function fillPanel(panel: Float64Array, { count, dimensions, values }: Points, first: number, width: number): number {
  const evenWidth = even(width);
  if (evenWidth !== width || count % tileRows !== 0) panel.fill(0);
  for (let row = 0; row < count; row++) {
    const start = row * dimensions + first;
    let place = (row >> 2) * 4 * evenWidth + (row & 3) * 2;
    for (let k = start; k < start + width - 1; k += 2, place += 8) {
      panel[place] = values[k]!;
      panel[place + 1] = values[k + 1]!;
    }
    if (width < evenWidth) panel[place] = values[start + width - 1]!;
  }
  return evenWidth;
}

/** The whole matrix from the blocks of its upper triangle. Squares of 32 × 32, so that reading across rows stays in the cache. */
function mirrored(sums: Float64Array, count: number): Float64Array {
  const whole = new Float64Array(count ** 2);
  const square = 32;
  for (let top = 0; top < count; top += square)
    for (let left = top; left < count; left += square) {
      const block = Math.floor(left / blockColumns);
      const start = sumsBefore(block) - block * blockColumns;
      for (let i = top; i < Math.min(top + square, count); i++)
        for (let j = Math.max(left, i); j < Math.min(left + square, count); j++) {
          const sum = sums[start + i * blockColumns + j]!;
          whole[i * count + j] = sum;
          whole[j * count + i] = sum;
        }
    }
  return whole;
}
