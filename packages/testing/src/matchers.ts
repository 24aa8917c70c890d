import { expect } from 'vitest';

export interface Tolerance {
  readonly absolute?: number;
  /** Of the expected value's magnitude. */
  readonly relative?: number;
}

type Numbers = ArrayLike<number>;

/** The first place where |actual − expected| > absolute + relative · |expected|, or where the lengths differ; undefined where all is well. */
export function firstDifference(actual: Numbers, expected: Numbers, { absolute = 0, relative = 0 }: Tolerance): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} numbers, expected ${expected.length}`;
  for (let index = 0; index < expected.length; index++) {
    const [is, should] = [actual[index] ?? Number.NaN, expected[index] ?? Number.NaN];
    const allowed = absolute + relative * Math.abs(should);
    // Equal infinities and equal NaN are equal; a NaN on one side is a difference of any size.
    if (Object.is(is, should) || Math.abs(is - should) <= allowed) continue;
    return `[${index}] is ${is}, expected ${should} ± ${allowed}`;
  }
  return undefined;
}

/** Fails unless every number is within the tolerance of its counterpart; names the first that is not. */
export function expectCloseToArray(actual: Numbers, expected: Numbers, tolerance: Tolerance): void {
  const difference = firstDifference(actual, expected, tolerance);
  expect(difference, difference).toBeUndefined();
}

interface NumericMatchers {
  /** Element by element: |actual − expected| ≤ absolute + relative · |expected|. */
  toBeCloseToArray(expected: Numbers, tolerance: Tolerance): void;
}

declare module 'vitest' {
  // eslint-disable-next-line typescript/no-empty-object-type -- declaration merging needs an interface
  interface Matchers extends NumericMatchers {}
}

/** Adds `toBeCloseToArray` to `expect`; called by the set-up file of the tests. */
export function installMatchers(): void {
  expect.extend({
    toBeCloseToArray(actual: Numbers, expected: Numbers, tolerance: Tolerance) {
      const difference = firstDifference(actual, expected, tolerance);
      return { pass: difference === undefined, message: () => difference ?? 'the numbers are close, and should not be' };
    },
  });
}
