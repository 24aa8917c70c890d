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
  const result = Float32Array.from(values);
  keeps.forEach((keep, axis) => {
    if (keep === null) return;
    const stays = new Uint8Array(shape[axis]!);
    for (const index of keep) stays[index] = 1;
    const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    for (let block = 0; block < values.length / inner; block++)
      if (stays[block % shape[axis]!] === 0) result.fill(0, block * inner, (block + 1) * inner);
  });
  return result;
}
