import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { innerProducts } from '../../clustering/index.ts';
import type { MapStatistic } from './channel-maps.ts';

/**
 * Channel independence (Sui et al. 2021, CHIP), one number: how much of the nuclear norm of M [channels, height · width] goes when the channel's row is
 * set to zero. A row that the others can make up for costs little.
 */
export const channelIndependence: MapStatistic = {
  length: () => 1,
  add: (maps, { channels, height, width }, sums) => {
    independence(maps, channels, height * width).forEach((value, channel) => (sums[channel]! += value));
  },
};

/**
 * ‖M‖_* − ‖M without row c‖_* for every row c of M [rows, columns].
 *
 * The authors take a singular value decomposition for every row. It can be had from a single one: with M = U S Vᵀ and z = S·Uᵀe_c, taking the row away
 * takes zzᵀ from S², and since Σ √λ of a positive matrix A is an integral over its resolvent and det(A − zzᵀ + u²) / det(A + u²) = φ(u),
 *
 *   ‖M‖_* − ‖M without row c‖_* = −1/π · ∫₀^∞ log φ(u) du,   φ(u) = 1 − Σᵢ zᵢ² / (λᵢ + u²).
 *
 * The integrand falls off like 1/u² and may have a logarithmic pole at 0 (where no other row helps), which the double exponential rule (Takahasi, Mori
 * 1974) takes in its stride.
 */
export function independence(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const { squares, shares } = decompose(matrix, rows, columns);
  const differences = new Float64Array(rows);
  const largest = squares.reduce((most, square) => Math.max(most, square), 0);
  if (largest === 0) return differences;
  const scale = Math.sqrt(largest);
  const outside = outsideShares(shares, rows, squares.length);
  for (const { abscissa, weight } of halfLine) {
    const square = (scale * abscissa) ** 2;
    const ofGone = squares.map((own) => own / (own + square));
    const ofLeft = squares.map((own) => square / (own + square));
    for (let row = 0, place = 0; row < rows; row++) {
      let gone = 0;
      let left = 0;
      for (let i = 0; i < squares.length; i++) {
        const share = shares[place++]!;
        gone += share * ofGone[i]!;
        left += share * ofLeft[i]!;
      }
      // φ is 1 − gone, and also left + outside: near 1 the first keeps its digits, near 0 the second.
      differences[row]! -= weight * (gone < 0.5 ? Math.log1p(-gone) : Math.log(left + outside[row]!));
    }
  }
  return differences.map((integral) => (scale * integral) / Math.PI);
}

/** What of each row lies outside of all singular vectors: 1 − Σᵢ U_ci², and not below 0. */
const outsideShares = (shares: Float64Array, rows: number, count: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => {
    let outside = 1;
    for (let place = row * count; place < (row + 1) * count; place++) outside -= shares[place]!;
    return Math.max(0, outside);
  });

/** Nodes of ∫₀^∞ f(u) du ≈ Σ weight · f(abscissa): u = exp(π/2 · sinh t), in steps of 1/8. Good to nine digits here. */
const halfLine = Array.from({ length: 61 }, (_, index) => {
  const t = (index - 30) / 8;
  const abscissa = Math.exp((Math.PI / 2) * Math.sinh(t));
  return { abscissa, weight: (abscissa * (Math.PI / 2) * Math.cosh(t)) / 8 };
});

/** Squared singular values λᵢ of M that are not zero, and for each row c the shares U_ci², which are zᵢ²/λᵢ. */
function decompose(matrix: Float64Array, rows: number, columns: number): { squares: Float64Array; shares: Float64Array } {
  const onRows = rows <= columns;
  const size = onRows ? rows : columns;
  const lines = onRows ? matrix : transposed(matrix, rows, columns);
  const products = innerProducts({ count: size, dimensions: onRows ? columns : rows, values: lines });
  const gram = Matrix.from1DArray(size, size, products);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = realEigenvalues.reduce((most, value) => Math.max(most, value), 0);
  // Eigenvalues below this are the rounding of zeros.
  const living = realEigenvalues.flatMap((value, index) => (value > largest * size * Number.EPSILON ? [index] : []));
  const squares = Float64Array.from(living, (index) => realEigenvalues[index]!);
  const shares = new Float64Array(rows * living.length);
  living.forEach((index, i) => {
    const vector = Float64Array.from(eigenvectorMatrix.getColumn(index));
    for (let row = 0; row < rows; row++)
      shares[row * living.length + i] = onRows ? vector[row]! ** 2 : along(row, vector) ** 2 / squares[i]!;
  });
  return { squares, shares };

  function along(row: number, vector: Float64Array): number {
    let sum = 0;
    for (let column = 0, place = row * columns; column < columns; column++) sum += matrix[place++]! * vector[column]!;
    return sum;
  }
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = matrix[row * columns + column]!;
  return turned;
}
