/** For each axis the indices to keep, ascending, or null for all. */
export type AxisKeeps = readonly (Int32Array | null)[];

/**
 * The kept part of a row-major array: result[i, j, …] = values[keeps₀[i], keeps₁[j], …]. The given array stays as it is.
 * Runs of neighbours along the last cut axis are copied at once.
 */
export function gather(values: Float32Array, shape: readonly number[], keeps: AxisKeeps): Float32Array {
  const lengths = shape.map((size, axis) => keeps[axis]?.length ?? size);
  const result = new Float32Array(lengths.reduce((product, length) => product * length, 1));
  const lastCut = keeps.findLastIndex((keep) => keep !== null);
  if (lastCut < 0) {
    result.set(values);
    return result;
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const blockLength = strides[lastCut]!;
  let written = 0;
  const copy = (axis: number, offset: number): void => {
    const keep = keeps[axis] ?? null;
    const stride = strides[axis]!;
    for (let position = 0; position < lengths[axis]!; position++) {
      const start = offset + (keep === null ? position : keep[position]!) * stride;
      if (axis < lastCut) copy(axis + 1, start);
      else {
        for (let index = 0; index < blockLength; index++) result[written + index] = values[start + index]!;
        written += blockLength;
      }
    }
  };
  copy(0, 0);
  return result;
}

/** A copy with zeros wherever at least one axis is at an index that is not kept. */
export function silence(values: Float32Array, shape: readonly number[], keeps: AxisKeeps): Float32Array {
  const result = values.slice();
  keeps.forEach((keep, axis) => {
    if (keep === null) return;
    const blockLength = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
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
