import { describe, expect, it } from 'vitest';
import { type AxisKeeps, gather, silence } from './gather.ts';

const keep = (...indices: number[]): Int32Array => Int32Array.from(indices);

/** Element by element, by the definition: what stays is at the index that `keeps` names on every axis. */
function gatherByDefinition(values: Float32Array, shape: readonly number[], keeps: AxisKeeps): number[] {
  const indices = shape.map((size, axis) => [...(keeps[axis] ?? Array.from({ length: size }, (_, index) => index))]);
  return indices
    .reduce<number[]>((places, ofAxis, axis) => places.flatMap((place) => ofAxis.map((index) => place * shape[axis]! + index)), [0])
    .map((place) => values[place]!);
}

/** Every place is its own number. */
const numbered = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((total, size) => total * size, 1) }, (_, place) => place);

const cuts: readonly { name: string; shape: readonly number[]; keeps: AxisKeeps }[] = [
  { name: 'inputs and outputs of a convolution', shape: [3, 2, 5, 4], keeps: [null, null, keep(0, 3, 4), keep(1, 2)] },
  { name: 'inputs alone', shape: [3, 3, 5, 4], keeps: [null, null, keep(1, 4), null] },
  { name: 'inputs alone, with many outputs behind each', shape: [1, 2, 5, 70], keeps: [null, null, keep(0, 2, 4), null] },
  { name: 'outputs alone', shape: [2, 2, 3, 6], keeps: [null, null, null, keep(5)] },
  { name: 'the outputs of a transposed convolution', shape: [2, 2, 6, 3], keeps: [null, null, keep(0, 5), keep(0, 2)] },
  { name: 'a vector', shape: [7], keeps: [keep(0, 1, 6)] },
];

describe('gathering', () => {
  it.each(cuts)('$name takes what the definition says', ({ shape, keeps }) => {
    expect([...gather(numbered(shape), shape, keeps)]).toEqual(gatherByDefinition(numbered(shape), shape, keeps));
  });

  it('[S3] lends the array itself where nothing is cut', () => {
    const values = numbered([2, 3]);
    expect(gather(values, [2, 3], [null, null])).toBe(values);
  });
});

describe('silencing', () => {
  it.each(cuts)('$name leaves only what is gathered', ({ shape, keeps }) => {
    const kept = new Set(gatherByDefinition(numbered(shape), shape, keeps));
    expect([...silence(numbered(shape), shape, keeps)]).toEqual([...numbered(shape)].map((place) => (kept.has(place) ? place : 0)));
  });
});
