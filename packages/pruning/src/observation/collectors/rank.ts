import type { MapStatistic } from './channel-maps.ts';
import { eigenvaluesAbove, largestEigenvalue, tridiagonal } from './tridiagonal.ts';

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
 *
 * Squared singular values are the eigenvalues of A·Aᵀ or Aᵀ·A. In double precision these are good to a share of 10⁻¹⁵, far below the share that
 * counts (10⁻¹⁴ for 1 × 1, more for larger ones), and how many of them exceed a number can be said without knowing any.
 */
export function matrixRank(matrix: Float64Array, rows: number, columns: number): number {
  const size = Math.min(rows, columns);
  const reduced = tridiagonal(rows <= columns ? productsOfRows(matrix, rows, columns) : productsOfColumns(matrix, rows, columns), size);
  const largest = largestEigenvalue(reduced);
  return largest === 0 ? 0 : eigenvaluesAbove(reduced, (Math.max(rows, columns) * singlePrecision) ** 2 * largest);
}

/** A·Aᵀ [rows, rows]. */
function productsOfRows(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += matrix[i * columns + k]! * matrix[j * columns + k]!;
      products[i * rows + j] = sum;
      products[j * rows + i] = sum;
    }
  return products;
}

/** Aᵀ·A [columns, columns]. */
function productsOfColumns(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const products = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < columns; i++) {
      const left = matrix[row * columns + i]!;
      if (left === 0) continue;
      for (let j = 0; j < columns; j++) products[i * columns + j]! += left * matrix[row * columns + j]!;
    }
  return products;
}
