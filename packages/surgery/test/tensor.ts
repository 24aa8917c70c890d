/** A tensor of the reference evaluator: one image, channels last, double precision, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export const tensor = (shape: readonly number[]): Tensor => ({
  shape,
  values: new Float64Array(shape.reduce((product, size) => product * size, 1)),
});

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

export function pair(value: unknown, fallback = 1): readonly [number, number] {
  const [height = fallback, width = height] = list(value ?? fallback).map(Number);
  return [height, width];
}

/** The largest absolute difference of two lists of tensors; infinite where they are not comparable. */
export function largestDifference(left: readonly Tensor[], right: readonly Tensor[]): number {
  let largest = left.length === right.length ? 0 : Infinity;
  left.forEach(({ values }, output) => {
    const other = right[output]?.values;
    values.forEach((value, index) => {
      const difference = Math.abs(value - (other?.[index] ?? Number.NaN));
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
    });
    if (values.length !== other?.length) largest = Infinity;
  });
  return largest;
}
