import { expect, it } from 'vitest';
import { smoothPath } from './smooth-path.ts';

const through = (...points: [number, number][]) => smoothPath(points.map(([x, y]) => ({ x, y })));

it.each([
  ['nothing', through(), ''],
  ['a point', through([1, 2]), ''],
  ['two points', through([0, 0], [10, 5]), 'M0,0 L10,5'],
  ['one corner', through([0, 0], [10, 0], [10, 10]), 'M0,0 Q10,0 10,10'],
  ['two corners', through([0, 0], [10, 0], [10, 10], [20, 10]), 'M0,0 Q10,0 10,5 Q10,10 20,10'],
])('draws a path through %s', (_case, path, expected) => expect(path).toBe(expected));
