import { describe, expect, it } from 'vitest';
import { percentChange, table } from './table.ts';

describe('a table as text', () => {
  it('puts numbers to the right and words to the left, and leaves no blanks at the ends of lines', () => {
    const rows = [
      ['stem', '432', '−50.0 %'],
      ['a long name', '1,024'],
    ];
    expect(table(['layer', 'parameters', 'change'], rows).split('\n')).toEqual([
      'layer        parameters   change',
      '───────────  ──────────  ───────',
      'stem                432  −50.0 %',
      'a long name       1,024',
    ]);
  });

  it('says what became of a quantity as a share of what it was', () => {
    expect(
      [
        [200, 100],
        [100, 125],
        [7, 7],
        [0, 3],
        [null, 3],
      ].map(([before, after]) => percentChange(before!, after!)),
    ).toEqual(['−50.0 %', '+25.0 %', '', 'new', '']);
  });
});
