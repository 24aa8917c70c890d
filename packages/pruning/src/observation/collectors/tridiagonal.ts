/** A symmetric matrix with nothing beside its diagonal and the one next to it. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Squares of the numbers next to the diagonal: `besides[i]` of the place (i, i − 1), the first is 0. Eigenvalues depend on no more. */
  readonly besides: Float64Array;
}

/**
 * A tridiagonal matrix with the eigenvalues of a symmetric one [size, size], by Householder's reflections (1958), 4/3·n³ operations. `matrix` is used up.
 */
export function tridiagonal(matrix: Float64Array, size: number): Tridiagonal {
  const besides = new Float64Array(size);
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let k = 0; k + 1 < size; k++) {
    const first = k + 1;
    let below = 0;
    for (let i = first + 1; i < size; i++) below += matrix[i * size + k]! ** 2;
    const head = matrix[first * size + k]!;
    besides[first] = head * head + below;
    if (below === 0) continue;
    // H = I − 2·v·vᵀ/(vᵀv) takes the column to its first place; the sign is chosen so that nothing cancels.
    for (let i = first; i < size; i++) v[i] = matrix[i * size + k]!;
    v[first] = head + (head < 0 ? -1 : 1) * Math.sqrt(besides[first]!);
    reflect(matrix, size, first, v, w, v[first]! ** 2 + below);
  }
  return { diagonal: Float64Array.from({ length: size }, (_, i) => matrix[i * size + i]!), besides };
}

/** H·A·H = A − v·wᵀ − w·vᵀ on the places from `first` on, with p = 2·A·v/(vᵀv) and w = p − (pᵀv)/(vᵀv)·v. */
function reflect(matrix: Float64Array, size: number, first: number, v: Float64Array, w: Float64Array, square: number): void {
  let along = 0;
  for (let i = first; i < size; i++) {
    let sum = 0;
    for (let j = first; j < size; j++) sum += matrix[i * size + j]! * v[j]!;
    w[i] = (2 * sum) / square;
    along += w[i]! * v[i]!;
  }
  for (let i = first; i < size; i++) w[i]! -= (along / square) * v[i]!;
  for (let i = first; i < size; i++) for (let j = first; j < size; j++) matrix[i * size + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
}

/** How many eigenvalues exceed `bound`: as many as there are positive pivots in T − bound·I (Sylvester's law of inertia). */
export function eigenvaluesAbove({ diagonal, besides }: Tridiagonal, bound: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    // A pivot of zero is moved by less than any rounding.
    pivot = diagonal[i]! - bound - besides[i]! / (pivot === 0 ? Number.MIN_VALUE : pivot);
    if (pivot > 0) count++;
  }
  return count;
}

/** The largest eigenvalue of a matrix without negative ones, to a share of 10⁻¹², by bisection between the largest on the diagonal and the trace. */
export function largestEigenvalue(matrix: Tridiagonal): number {
  let low = 0;
  let high = 0;
  for (const value of matrix.diagonal) {
    low = Math.max(low, value);
    high += value;
  }
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (eigenvaluesAbove(matrix, middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}
