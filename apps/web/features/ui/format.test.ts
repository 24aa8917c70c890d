import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatPoints,
  formatQuantity,
  formatRelativeChange,
  formatShare,
  formatValue,
  plural,
} from './format.ts';

/** The texts below are typed with ordinary spaces and hyphens. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

describe('a quantity', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [999.6, '1.00 k'],
    [269_722, '270 k'],
    [999_950, '1.00 M'],
    [40_551_808, '40.6 M'],
    [1_234_000_000, '1.23 G'],
    [15_470_264_320, '15.5 G'],
  ])('of %d is written %s', (value, text) => expect(plain(formatQuantity(value))).toBe(text));

  it('of bytes uses decimal units', () => {
    expect([0, 512, 1_100_000].map(formatBytes).map(plain)).toEqual(['0 B', '512 B', '1.10 MB']);
  });
});

describe('a change', () => {
  it.each([
    [100, 50, '-50.0 %'],
    [100, 100, '±0.0 %'],
    [100, 99.99, '±0.0 %'],
    [100, 250, '+150.0 %'],
  ])('from %d to %d is %s', (before, after, text) => expect(plain(formatRelativeChange(before, after))).toBe(text));

  it('from nothing has no percentage', () => expect(formatRelativeChange(0, 5)).toBe('–'));
  it('of an accuracy is in points', () => expect(plain(formatPoints(0.9812, 0.977))).toBe('-0.42 pt'));
});

describe('a duration', () => {
  it.each([
    [400, '0 s'],
    [45_000, '45 s'],
    [59_600, '1 min 00 s'],
    [200_000, '3 min 20 s'],
    [3_900_000, '1 h 05 min'],
    [183_600_000, '2 d 3 h'],
    [-5, '0 s'],
  ])('of %d ms is %s', (ms, text) => expect(plain(formatDuration(ms))).toBe(text));

  it.each([
    [10_000, 'just now'],
    [240_000, '4 min ago'],
    [47 * 3_600_000, '47 h ago'],
    [49 * 3_600_000, '2 d ago'],
  ])('of %d ms since is %s', (ms, text) => expect(plain(formatAgo(ms))).toBe(text));
});

it('writes accuracies with two decimals', () => expect(plain(formatShare(0.97345))).toBe('97.34 %'));
it('writes small values of a curve with an exponent', () => {
  expect([0, 0.04213, 1.2345, 0.0000123, -0.5].map(formatValue).map(plain)).toEqual(['0', '0.0421', '1.23', '1.2e-5', '-0.500']);
});
it('counts in words', () => expect([plural(1, 'run'), plural(1200, 'run')].map(plain)).toEqual(['1 run', '1,200 runs']));
