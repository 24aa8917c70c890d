import { tf } from '../tf.ts';

let installed = false;

/**
 * Lets the largest elements of a maximum share its gradient evenly where there are several, as TensorFlow's own gradient does. TF.js gives each of them the
 * whole, which counts a pixel twice that was upsampled or found by two pooling windows.
 */
export function installMaxGradient(): void {
  if (installed) return;
  tf.unregisterGradient(tf.Max);
  tf.registerGradient({
    kernelName: tf.Max,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dys, [x, y], attributes) => {
      const { reductionIndices, keepDims } = attributes as { reductionIndices: number | number[]; keepDims?: boolean };
      const axes = tf.util.parseAxisParam(reductionIndices, x!.shape);
      const keptShape = x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const [dy, largest] = [dys as tf.Tensor, y!].map((tensor) => (keepDims === true ? tensor : tf.reshape(tensor, keptShape)));
      return {
        x: () => {
          const isLargest = tf.cast(tf.equal(x!, largest!), 'float32');
          return tf.mul(isLargest, tf.div(dy!, tf.sum(isLargest, axes, true)));
        },
      };
    },
  });
  installed = true;
}
