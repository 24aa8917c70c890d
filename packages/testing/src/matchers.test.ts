import { describe, expect, it } from 'vitest';
import { firstDifference } from './matchers.ts';

describe('toBeCloseToArray', () => {
  it('allows absolute + relative · |expected| for each number', () => {
    expect(Float32Array.of(1.05, 100.5)).toBeCloseToArray([1, 100], { absolute: 0.051, relative: 0.005 });
    expect([1.2]).not.toBeCloseToArray([1], { absolute: 0.1 });
  });

  it('names the first number that is too far away, and other lengths', () => {
    expect(firstDifference([1, 2, 4], [1, 2, 3], { absolute: 0.5 })).toBe('[2] is 4, expected 3 ± 0.5');
    expect(firstDifference([1], [1, 2], {})).toBe('1 numbers, expected 2');
  });

  it('takes a NaN for equal to a NaN only', () => {
    expect(firstDifference([Number.NaN], [Number.NaN], {})).toBeUndefined();
    expect(firstDifference([Number.NaN], [0], { absolute: 1e9 })).toContain('NaN');
  });
});
