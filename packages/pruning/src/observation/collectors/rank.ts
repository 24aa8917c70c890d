import type { MapStatistic } from './channel-maps.ts';

/** The matrix rank of every channel's map, one number: what HRank scores by (Lin et al. 2020). */
export const mapRank: MapStatistic = {
  length: () => 1,
  add: (maps, { channels, height, width }, sums) => {
    const places = height * width;
    for (let channel = 0; channel < channels; channel++)
      sums[channel]! += matrixRank(maps.subarray(channel * places, (channel + 1) * places), height, width);
  },
};

/** Maps come in single precision, so their noise does too. */
const singlePrecision = 2 ** -23;

/**
 * How many singular values of a matrix [rows, columns] exceed the largest times max(rows, columns) times the precision of its numbers: the rule of
 * NumPy and PyTorch for matrices in single precision.
 */
export function matrixRank(matrix: Float64Array, rows: number, columns: number): number {
  const squares = squaredSingularValues(matrix, rows, columns);
  const largest = squares.reduce((most, square) => Math.max(most, square), 0);
  const threshold = (Math.max(rows, columns) * singlePrecision) ** 2 * largest;
  return squares.reduce((rank, square) => rank + (square > threshold ? 1 : 0), 0);
}

/**
 * One-sided Jacobi rotations (Hestenes 1958): lines of the matrix are turned pair by pair until all are orthogonal; their lengths are the singular
 * values. For the small matrices that maps are it is as fast as anything, and small singular values come out exactly.
 */
function squaredSingularValues(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const [lines, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const work = new Float64Array(lines * length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      work[rows <= columns ? row * columns + column : column * rows + row] = matrix[row * columns + column]!;
  // Lines this near to orthogonal change no singular value by as much as counts: the rounding of lines that are nothing else would be turned for ever.
  const negligible = 1e-15 * work.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0, turned = true; turned && sweep < 60; sweep++) {
    turned = false;
    for (let i = 0; i < lines; i++)
      for (let j = i + 1; j < lines; j++) if (orthogonalise(work, i * length, j * length, length, negligible)) turned = true;
  }
  const squares = new Float64Array(lines);
  for (let line = 0; line < lines; line++)
    for (let place = line * length; place < (line + 1) * length; place++) squares[line]! += work[place]! * work[place]!;
  return squares;
}

/** Turns two lines so that they are orthogonal; false if their inner product was negligible. */
function orthogonalise(work: Float64Array, first: number, second: number, length: number, negligible: number): boolean {
  let a = 0;
  let b = 0;
  let product = 0;
  for (let k = 0; k < length; k++) {
    const x = work[first + k]!;
    const y = work[second + k]!;
    a += x * x;
    b += y * y;
    product += x * y;
  }
  if (Math.abs(product) <= negligible) return false;
  const ratio = (b - a) / (2 * product);
  const tangent = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < length; k++) {
    const x = work[first + k]!;
    const y = work[second + k]!;
    work[first + k] = cosine * x - sine * y;
    work[second + k] = sine * x + cosine * y;
  }
  return true;
}
