import type { GroupMember, NamedWeightSpec } from '@espalier/network';

/** A kernel seen as [outer, outputs, inner]: its output axis, and what lies outside and inside of it. Row-major. */
export interface KernelLayout {
  readonly outer: number;
  readonly outputs: number;
  readonly inner: number;
}

/** A depthwise kernel [kH, kW, C, m] makes output c·m + j by its last two axes together. */
export function kernelLayout({ role, shape, axes }: NamedWeightSpec): KernelLayout {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  if (role === 'depthwise_kernel') return { outer: product(shape.slice(0, 2)), outputs: product(shape.slice(2)), inner: 1 };
  const axis = axes.indexOf('out');
  return { outer: product(shape.slice(0, axis)), outputs: shape[axis]!, inner: product(shape.slice(axis + 1)) };
}

/** So many rows of a kernel share the cache lines into which one filter's weights go. */
const rowsAtOnce = 16;

/**
 * Row c of the result: the filters of all output places that are channel c (more than one in a grouped convolution), one after the other. The
 * kernel is read a few rows at a time, since reading it filter by filter would miss the cache at every weight.
 */
export function gatherFilters(
  values: Float32Array,
  { outer, outputs, inner }: KernelLayout,
  { indices, multiplicity }: GroupMember,
): { length: number; weights: Float32Array } {
  const filterLength = outer * inner;
  const weights = new Float32Array(indices.length * filterLength);
  for (let begin = 0; begin < outer; begin += rowsAtOnce) {
    const end = Math.min(outer, begin + rowsAtOnce);
    for (let filter = 0; filter < indices.length; filter++) {
      let place = filter * filterLength + begin * inner;
      let start = (begin * outputs + indices[filter]!) * inner;
      for (let row = begin; row < end; row++, start += outputs * inner)
        for (let inside = 0; inside < inner; inside++) weights[place++] = values[start + inside]!;
    }
  }
  return { length: filterLength * multiplicity, weights };
}

/** Σ |w|ᵖ over the filters of every channel of the member, p = 1 or 2, in one pass over the kernel as it lies. */
export function sumsOfPowers(
  values: Float32Array,
  layout: KernelLayout,
  { indices, multiplicity }: GroupMember,
  channels: number,
  order: 1 | 2,
): Float64Array {
  const ofOutput =
    layout.inner > 1 ? sumBlocks(values, layout, order) : order === 1 ? sumAbsolutes(values, layout) : sumSquares(values, layout);
  const sums = new Float64Array(channels);
  for (let channel = 0, copy = 0; channel < channels; channel++)
    for (const end = copy + multiplicity; copy < end; copy++) sums[channel]! += ofOutput[indices[copy]!]!;
  return sums;
}

/*
 * Sums of the columns of a matrix [outer, outputs]. These two take four rows in a step, which is twice as fast as one: a sum is loaded and stored once
 * for four weights. They are written out since a function for each weight, or a choice of the power, would cost as much again.
 */

function sumAbsolutes(values: Float32Array, { outer, outputs }: KernelLayout): Float64Array {
  const sums = new Float64Array(outputs);
  let place = 0;
  for (let row = 0; row + 4 <= outer; row += 4, place += 3 * outputs)
    for (let output = 0; output < outputs; output++, place++) {
      const firstTwo = Math.abs(values[place]!) + Math.abs(values[place + outputs]!);
      const lastTwo = Math.abs(values[place + 2 * outputs]!) + Math.abs(values[place + 3 * outputs]!);
      sums[output] = sums[output]! + (firstTwo + lastTwo);
    }
  for (; place < values.length; place++) sums[place % outputs]! += Math.abs(values[place]!);
  return sums;
}

function sumSquares(values: Float32Array, { outer, outputs }: KernelLayout): Float64Array {
  const sums = new Float64Array(outputs);
  let place = 0;
  for (let row = 0; row + 4 <= outer; row += 4, place += 3 * outputs)
    for (let output = 0; output < outputs; output++, place++) {
      const a = values[place]!;
      const b = values[place + outputs]!;
      const c = values[place + 2 * outputs]!;
      const d = values[place + 3 * outputs]!;
      sums[output] = sums[output]! + (a * a + b * b + (c * c + d * d));
    }
  for (; place < values.length; place++) sums[place % outputs]! += values[place]! * values[place]!;
  return sums;
}

/** The same for [outer, outputs, inner]. */
function sumBlocks(values: Float32Array, { outer, outputs, inner }: KernelLayout, order: 1 | 2): Float64Array {
  const sums = new Float64Array(outputs);
  let place = 0;
  for (let row = 0; row < outer; row++)
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (const end = place + inner; place < end; place++) sum += Math.abs(values[place]!) ** order;
      sums[output]! += sum;
    }
  return sums;
}
