import { EspalierError } from '@espalier/core';

/** Some points, [count, dimensions] row-major: row i is point i. */
export interface Points {
  readonly count: number;
  readonly dimensions: number;
  readonly values: Float64Array | Float32Array;
}

/** Throws unless there are as many values as points and dimensions ask for. */
export function checkSizes({ count, dimensions, values }: Points): void {
  if (values.length !== count * dimensions)
    throw new RangeError(`${count} points of ${dimensions} dimensions are ${count * dimensions} values, but got ${values.length}`);
}

/** Throws BAD_INPUT, naming the point, unless the sizes agree and every value is finite. */
export function checkPoints(points: Points): void {
  checkSizes(points);
  const { dimensions, values } = points;
  // What is finite differs from itself by 0, and anything else by NaN: one sum tells whether there is anything to look for.
  let zeros = 0;
  for (let place = 0; place < values.length; place++) zeros += values[place]! - values[place]!;
  if (zeros === 0) return;
  for (let place = 0; place < values.length; place++)
    if (!Number.isFinite(values[place]))
      throw new EspalierError(
        'BAD_INPUT',
        `point ${Math.floor(place / dimensions)} holds ${values[place]}, and clustering needs finite values`,
        {
          hint: 'Look for a network that diverged, or for inputs that are not finite.',
          path: ['points', Math.floor(place / dimensions)],
        },
      );
}

/** Points from one array for each. */
export function pointsFrom(rows: readonly (readonly number[])[]): Points {
  const dimensions = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== dimensions)) throw new RangeError('points of different dimensions');
  return { count: rows.length, dimensions, values: Float64Array.from(rows.flat()) };
}

/** Σ (a_k − b_k)² of points i and j, in double precision and in the order of the dimensions. */
export function squaredDistance({ values, dimensions }: Points, i: number, j: number): number {
  let sum = 0;
  for (let a = i * dimensions, b = j * dimensions, end = a + dimensions; a < end; a++, b++) {
    const difference = values[a]! - values[b]!;
    sum += difference * difference;
  }
  return sum;
}

/** How many different points there are, but no more than `limit`, where counting ends. */
export function distinctCount({ count, dimensions, values }: Points, limit = Infinity): number {
  const seen = new Set<string>();
  // 0 and −0 are the same place; joined to text they are the same too.
  for (let point = 0; point < count && seen.size < limit; point++)
    seen.add(values.subarray(point * dimensions, (point + 1) * dimensions).join());
  return seen.size;
}
