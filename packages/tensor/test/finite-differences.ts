import { tf } from '../src/index.ts';
import { normalTensor } from './small-network.ts';

/** A central difference of step 1e-2 in float32: truncation 1e-4 · f‴/6 and rounding 6e-8 · |loss| / 1e-2, for losses up to 100. */
export const FINITE_DIFFERENCE_TOLERANCE = 2e-2;

/** A weighted sum, so that no derivative vanishes by symmetry. */
export const weigh = (y: tf.Tensor): tf.Scalar => tf.sum(tf.mul(y, normalTensor(77, y.shape)));

/** ∂f/∂x at some elements of x, by central differences. */
export function finiteDifferences(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor, elements: readonly number[]): number[] {
  const h = 1e-2;
  return elements.map((element) => {
    const at = (shift: number) => {
      const moved = x.dataSync<'float32'>().slice();
      moved[element]! += shift;
      return f(tf.tensor(moved, x.shape)).dataSync<'float32'>()[0]!;
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}
