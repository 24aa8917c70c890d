/** For each axis the indices to keep, ascending, or null for all. */
export type AxisKeeps = readonly (Int32Array | null)[];

/** From here on `TypedArray.set` beats a loop. */
const longBlock = 64;

/**
 * The kept part of a row-major array: result[i, j, …] = values[keeps₀[i], keeps₁[j], …]. The given array stays as it is, and is the result
 * itself where no axis is cut. What lies behind the last cut axis is copied in one block.
 */
export function gather(values: Float32Array, shape: readonly number[], keeps: AxisKeeps): Float32Array {
  const lastCut = keeps.findLastIndex((keep) => keep !== null);
  if (lastCut < 0) return values;
  const keep = keeps[lastCut]!;
  const blockLength = product(shape.slice(lastCut + 1));
  const rows = rowStarts(shape.slice(0, lastCut), keeps, shape[lastCut]! * blockLength);
  const result = new Float32Array(rows.length * keep.length * blockLength);
  if (blockLength === 1) copyNumbers(values, rows, keep, result);
  else copyBlocks(values, rows, keep, blockLength, result);
  return result;
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** Where each kept combination of the leading axes starts, in order; `rowLength` numbers belong to one. */
function rowStarts(leading: readonly number[], keeps: AxisKeeps, rowLength: number): number[] {
  let starts = [0];
  let stride = rowLength * product(leading);
  leading.forEach((size, axis) => {
    stride /= size;
    const kept = keeps[axis];
    const next: number[] = [];
    for (const start of starts)
      if (kept === null || kept === undefined) for (let index = 0; index < size; index++) next.push(start + index * stride);
      else for (const index of kept) next.push(start + index * stride);
    starts = next;
  });
  return starts;
}

/**
 * The usual case, the filters of a kernel: they lie along the last axis, so neighbours belong to different ones. Four rows in a step, which is twice as
 * fast as one, for an index is read once for four numbers.
 */
function copyNumbers(values: Float32Array, rows: readonly number[], keep: Int32Array, result: Float32Array): void {
  const width = keep.length;
  let row = 0;
  let written = 0;
  for (; row + 4 <= rows.length; row += 4, written += 3 * width) {
    const a = rows[row]!;
    const b = rows[row + 1]!;
    const c = rows[row + 2]!;
    const d = rows[row + 3]!;
    for (let index = 0; index < width; index++, written++) {
      const place = keep[index]!;
      result[written] = values[a + place]!;
      result[written + width] = values[b + place]!;
      result[written + 2 * width] = values[c + place]!;
      result[written + 3 * width] = values[d + place]!;
    }
  }
  for (; row < rows.length; row++)
    for (let index = 0; index < width; index++, written++) result[written] = values[rows[row]! + keep[index]!]!;
}

function copyBlocks(values: Float32Array, rows: readonly number[], keep: Int32Array, blockLength: number, result: Float32Array): void {
  let written = 0;
  for (const row of rows)
    for (const index of keep) {
      const start = row + index * blockLength;
      if (blockLength >= longBlock) result.set(values.subarray(start, start + blockLength), written);
      else for (let place = 0; place < blockLength; place++) result[written + place] = values[start + place]!;
      written += blockLength;
    }
}

/** A copy with zeros wherever at least one axis is at an index that is not kept. */
export function silence(values: Float32Array, shape: readonly number[], keeps: AxisKeeps): Float32Array {
  const result = values.slice();
  keeps.forEach((keep, axis) => {
    if (keep === null) return;
    const blockLength = product(shape.slice(axis + 1));
    const stride = shape[axis]! * blockLength;
    const removed = complement(keep, shape[axis]!);
    for (let start = 0; start < values.length; start += stride)
      for (const index of removed) {
        const block = start + index * blockLength;
        // `fill` costs more than the write itself where a block is one number: the filters of a kernel.
        if (blockLength === 1) result[block] = 0;
        else result.fill(0, block, block + blockLength);
      }
  });
  return result;
}

function complement(keep: Int32Array, length: number): Int32Array {
  const stays = new Uint8Array(length);
  for (const index of keep) stays[index] = 1;
  return Int32Array.from({ length }, (_, index) => index).filter((index) => stays[index] === 0);
}
