import { describe, expect, it } from 'vitest';
import { smallNetwork } from '../test/fixtures.ts';
import { checkFit } from './fit.ts';

describe('a network and a dataset', () => {
  const classes = ['a', 'b', 'c'];

  it('fit when pictures and classes agree', () => {
    expect(() => checkFit(smallNetwork(), { shape: [8, 8, 1], classes }, 'network')).not.toThrow();
  });

  it.each([
    { name: 'pictures of another size', dataset: { shape: [28, 28, 1] as const, classes }, message: /takes \[8, 8, 1\].*\[28, 28, 1\]/ },
    { name: 'other classes', dataset: { shape: [8, 8, 1] as const, classes: ['a', 'b'] }, message: /gives \[3\].*2 classes/ },
  ])('do not fit with $name', ({ dataset, message }) => {
    expect(() => checkFit(smallNetwork(), dataset, 'teacher')).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringMatching(message) }),
    );
  });
});
