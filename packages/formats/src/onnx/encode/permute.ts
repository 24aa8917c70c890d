import type { DeferredBytes } from '../wire-writer.ts';

/** The most axes that a kernel here has: [kH, kW, in, out], or [H, W, C, units] behind a flatten. */
const rank = 4;

/** The values as they are, little-endian as every machine that this runs on. */
export const plainBytes = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/**
 * The bytes of `values`, of `shape`, with its axes in another order: axis k of the result is axis `axes[k]` of the values. At most four axes.
 */
export function permutedBytes(values: Float32Array, shape: readonly number[], axes: readonly number[]): DeferredBytes {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const missing = Array.from({ length: rank - axes.length }, () => 1);
  const sizes = [...missing, ...axes.map((axis) => shape[axis]!)];
  const steps = [...missing.map(() => 0), ...axes.map((axis) => strides[axis]!)];
  return { byteLength: values.byteLength, write: (into) => writePermuted(values, sizes, steps, into) };
}

function writePermuted(values: Float32Array, sizes: readonly number[], steps: readonly number[], into: Uint8Array): void {
  // The place in the file need not be a multiple of four bytes, as a Float32Array would have it.
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  const [count0, count1, count2, count3] = sizes as [number, number, number, number];
  const [step0, step1, step2, step3] = steps as [number, number, number, number];
  let at = 0;
  for (let index0 = 0; index0 < count0; index0++)
    for (let index1 = 0; index1 < count1; index1++)
      for (let index2 = 0; index2 < count2; index2++) {
        let from = index0 * step0 + index1 * step1 + index2 * step2;
        for (let index3 = 0; index3 < count3; index3++, from += step3, at += 4) view.setFloat32(at, values[from]!, true);
      }
}
