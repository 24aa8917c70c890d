import { innerProducts } from './inner-products/inner-products.ts';
import { checkPoints, checkSizes, type Points, squaredDistance } from './points.ts';

export const metrics = ['euclidean', 'cosine'] as const;
export type Metric = (typeof metrics)[number];

/** All distances between `count` points: [count, count] row-major, symmetric, zeros on the diagonal. */
export interface DistanceMatrix {
  readonly count: number;
  readonly values: Float64Array;
}

/** |a − b|² = |a|² + |b|² − 2·a·b loses as many digits as |a − b|² is smaller than |a|² + |b|². Below this share it is summed anew. */
const cancellation = 1e-6;

/**
 * The distances between all pairs of points, in double precision.
 *
 * `euclidean`: |a − b|; equal points have exactly 0. `cosine`: 1 − a·b / (|a||b|), from 0 to 2, not centred. A zero vector has no direction: its
 * cosine distance to every other point is 1, also to another zero vector (as in scikit-learn). Throws BAD_INPUT for values that are not finite.
 */
export function pairwiseDistances(points: Points, metric: Metric): DistanceMatrix {
  const { count } = points;
  checkSizes(points);
  const products = innerProducts(points);
  const squares = diagonal(products, count);
  // What is not finite shows in its square: the points themselves need looking at only then.
  if (!squares.every(Number.isFinite)) checkPoints(points);
  return { count, values: metric === 'cosine' ? cosineDistances(count, products, squares) : euclideanDistances(points, products, squares) };
}

/** In the place of the inner products. */
function euclideanDistances(points: Points, values: Float64Array, squares: Float64Array): Float64Array {
  const { count } = points;
  // Row by row, though the matrix is symmetric: writing down columns costs more than taking each root twice.
  for (let i = 0; i < count; i++) {
    const square = squares[i]!;
    for (let j = 0, place = i * count; j < count; j++, place++) {
      const scale = square + squares[j]!;
      const fast = scale - 2 * values[place]!;
      if (fast > cancellation * scale) values[place] = Math.sqrt(fast);
      else values[place] = j < i ? values[j * count + i]! : Math.sqrt(squaredDistance(points, i, j));
    }
    values[i * count + i] = 0;
  }
  return values;
}

/** In the place of the inner products. */
function cosineDistances(count: number, values: Float64Array, squares: Float64Array): Float64Array {
  const inverseNorms = squares.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const distance = 1 - values[i * count + j]! * (inverseNorms[i]! * inverseNorms[j]!);
      values[i * count + j] = distance < 0 ? 0 : distance > 2 ? 2 : distance;
    }
    values[i * count + i] = 0;
  }
  return values;
}

const diagonal = (matrix: Float64Array, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => matrix[index * count + index]!);
