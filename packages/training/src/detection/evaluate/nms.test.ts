import { createGenerator } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import fixture from '../../../fixtures/detection-evaluation/suppression.json' with { type: 'json' };
import { suppress, type SuppressionSettings } from './nms.ts';

const all: SuppressionSettings = { minimumScore: 0, largestOverlap: 0.45, candidates: Infinity };
const rows = (...boxes: readonly (readonly number[])[]): Float32Array => Float32Array.from(boxes.flat());

describe('non-maximum suppression', () => {
  it.each(fixture.cases.map((one) => ({ ...one, count: one.boxes.length })))(
    'keeps of $count boxes at an overlap of $largestOverlap what torchvision keeps, in its order',
    ({ boxes, scores, largestOverlap, kept }) => {
      expect(suppress(rows(...boxes), Float32Array.from(scores), { ...all, largestOverlap })).toEqual(kept);
    },
  );

  it('counts what a box that went had suppressed as free again', () => {
    // In a row of boxes 10 wide, 4 apart, neighbours share 6/14: the middle one goes, and with it the reason for the last to go.
    const boxes = rows([0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]);
    const settings = { ...all, largestOverlap: 0.4 };
    expect(suppress(boxes, Float32Array.of(0.9, 0.8, 0.7), settings)).toEqual([0, 2]);
    expect(suppress(boxes, Float32Array.of(0.8, 0.9, 0.7), settings)).toEqual([1]);
  });

  it('lets an overlap of just the limit pass', () => {
    // They share 2 · 4 = 8 of 4 · 4 + 4 · 4 − 8 = 24.
    const boxes = rows([0, 0, 4, 4], [2, 0, 6, 4]);
    expect(suppress(boxes, Float32Array.of(0.9, 0.8), { ...all, largestOverlap: 1 / 3 })).toEqual([0, 1]);
    expect(suppress(boxes, Float32Array.of(0.9, 0.8), { ...all, largestOverlap: 0.33 })).toEqual([0]);
  });

  it('takes the lower place of equal scores for the better one', () => {
    const apart = rows([0, 0, 1, 1], [2, 0, 3, 1], [4, 0, 5, 1]);
    expect(suppress(apart, Float32Array.of(0.5, 0.5, 0.5), all)).toEqual([0, 1, 2]);
    expect(suppress(rows([0, 0, 1, 1], [0, 0, 1, 1]), Float32Array.of(0.5, 0.5), all)).toEqual([0]);
  });

  it('looks only at scores above the least, and at the best of them', () => {
    const apart = rows([0, 0, 1, 1], [2, 0, 3, 1], [4, 0, 5, 1], [6, 0, 7, 1]);
    const scores = Float32Array.of(0.25, 0.75, 0.5, 1);
    expect(suppress(apart, scores, { ...all, minimumScore: 0.25 })).toEqual([3, 1, 2]);
    expect(suppress(apart, scores, { ...all, candidates: 2 })).toEqual([3, 1]);
  });

  it('takes neither a box without area nor a score that is no number for more than it is', () => {
    const boxes = rows([0, 0, 4, 4], [1, 1, 1, 3], [0, 0, 4, 4]);
    expect(suppress(boxes, Float32Array.of(0.9, 0.8, Number.NaN), all)).toEqual([0, 1]);
  });

  it('orders any scores as a plain sorting does', () => {
    const generator = createGenerator(1, 'scores');
    const scores = Float32Array.from({ length: 2000 }, () => generator.integer(501) / 500);
    const apart = Float32Array.from({ length: 8000 }, (_, index) => 2 * Math.floor(index / 4) + (index % 4 > 1 ? 1 : 0));
    const expected = [...scores.keys()].filter((place) => scores[place]! > 0).sort((a, b) => scores[b]! - scores[a]! || a - b);
    expect(suppress(apart, scores, all)).toEqual(expected);
  });
});
