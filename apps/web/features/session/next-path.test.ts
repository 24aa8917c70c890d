import { describe, expect, it } from 'vitest';
import { safeNextPath } from './next-path.ts';

describe('the page after signing in', () => {
  it.each([
    ['/runs/1?tab=log', '/runs/1?tab=log'],
    [undefined, '/'],
    ['', '/'],
    ['https://elsewhere.example/', '/'],
    ['//elsewhere.example/', '/'],
    ['/\\elsewhere.example/', '/'],
    ['javascript:alert(1)', '/'],
  ])('for next=%s is %s', (next, path) => expect(safeNextPath(next)).toBe(path));
});
