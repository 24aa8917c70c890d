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

/**
 * How many of the first axis are written side by side. All kernels here have on their last axis what ONNX has on its first, so that this many neighbours
 * are read at once; one after the other each would be another line of the processor's cache, and the dense layer of VGG took more than twice as long.
 */
const blockSize = 64;

function writePermuted(values: Float32Array, sizes: readonly number[], steps: readonly number[], into: Uint8Array): void {
  // The place in the file need not be a multiple of four bytes, as a Float32Array would have it.
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  const [count0, count1, count2, count3] = sizes as [number, number, number, number];
  const [step0, step1, step2, step3] = steps as [number, number, number, number];
  const rowBytes = 4 * count1 * count2 * count3;
  for (let start = 0; start < count0; start += blockSize) {
    const end = Math.min(start + blockSize, count0);
    let column = 0;
    for (let index1 = 0; index1 < count1; index1++)
      for (let index2 = 0; index2 < count2; index2++)
        for (let index3 = 0; index3 < count3; index3++, column += 4) {
          const from = index1 * step1 + index2 * step2 + index3 * step3;
          for (let row = start; row < end; row++) view.setFloat32(row * rowBytes + column, values[from + row * step0]!, true);
        }
  }
}
