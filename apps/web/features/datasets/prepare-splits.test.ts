import { expect, it } from 'vitest';
import { prepareClasses, totalExamples } from './prepare-splits.ts';

it('counts the examples of each class over all splits, against the most frequent', () => {
  const rows = prepareClasses(['cat', 'dog', 'owl'], [{ perClass: [6, 3, 0] }, { perClass: [2, 1] }]);
  expect(rows.map(({ name, counts, total, share }) => [name, counts, total, share])).toEqual([
    ['cat', [6, 2], 8, 1],
    ['dog', [3, 1], 4, 0.5],
    ['owl', [0, 0], 0, 0],
  ]);
});

it('counts the examples of all splits', () => {
  expect(
    totalExamples([
      { name: 'training', examples: 8000 },
      { name: 'test', examples: 2000 },
    ]),
  ).toBe(10_000);
});
