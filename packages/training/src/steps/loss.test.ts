import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossEntropy, distillationLoss } from './loss.ts';

beforeAll(() => openBackend());

/** softmax(z / T) in double precision. */
function softmax(logits: readonly number[], temperature = 1): number[] {
  const exponentials = logits.map((value) => Math.exp(value / temperature));
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((value) => value / sum);
}

const student = [
  [2, 1, -1],
  [0, 0.5, 3],
];
const teacher = [
  [3, 0, -2],
  [1, -1, 2],
];
const labels = [0, 1];
const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
const expectedCrossEntropy = mean(student.map((logits, row) => -Math.log(softmax(logits)[labels[row]!]!)));

const valueOf = (loss: () => tf.Scalar): number => tf.tidy(() => loss().dataSync()[0]!);
type Settings = { temperature: number; alpha: number };
const distilled = (ofStudent: tf.Tensor2D, ofTeacher: tf.Tensor2D, wanted: tf.Tensor1D, settings: Settings): tf.Scalar =>
  distillationLoss(crossEntropy(ofStudent, wanted), ofStudent, ofTeacher, settings);
const onTensors = (settings: Settings, teacherLogits = teacher): number =>
  valueOf(() => distilled(tf.tensor2d(student), tf.tensor2d(teacherLogits), tf.tensor1d(labels, 'int32'), settings));

describe('cross-entropy', () => {
  it('is the mean of −log softmax at the label', () => {
    const loss = valueOf(() => crossEntropy(tf.tensor2d(student), tf.tensor1d(labels, 'int32')));
    expect(loss).toBeCloseTo(expectedCrossEntropy, 6);
  });
});

describe('cross-entropy with smoothed labels', () => {
  it('shares a part of the certainty evenly among all classes', () => {
    const smoothing = 0.3;
    const expected = mean(
      student.map((logits, row) =>
        softmax(logits).reduce((sum, p, index) => sum - (smoothing / 3 + (index === labels[row] ? 1 - smoothing : 0)) * Math.log(p), 0),
      ),
    );
    const loss = valueOf(() => crossEntropy(tf.tensor2d(student), tf.tensor1d(labels, 'int32'), smoothing));
    expect(loss).toBeCloseTo(expected, 6);
  });
});

describe('the distillation loss', () => {
  it('is α·T²·KL(teacher ‖ student)/B + (1 − α)·cross-entropy', () => {
    const temperature = 4;
    const alpha = 0.3;
    const divergences = student.map((logits, row) => {
      const soft = softmax(logits, temperature);
      return softmax(teacher[row]!, temperature).reduce((sum, p, index) => sum + p * Math.log(p / soft[index]!), 0);
    });
    const expected = alpha * temperature ** 2 * mean(divergences) + (1 - alpha) * expectedCrossEntropy;
    expect(onTensors({ temperature, alpha })).toBeCloseTo(expected, 6);
  });

  it('has these values at T = 4, worked out by hand', () => {
    // One image, teacher logits (4, 0), student logits (0, 4): softmax(±) at T = 4 is (0.7310586, 0.2689414) against its mirror image, so
    // KL = 0.7310586·1 + 0.2689414·(−1) = 0.4621172, and T²·KL = 7.3938751. The label is 0: CE = log(1 + e⁴) = 4.0181499.
    const at = (alpha: number): number =>
      valueOf(() => distilled(tf.tensor2d([[0, 4]]), tf.tensor2d([[4, 0]]), tf.tensor1d([0], 'int32'), { temperature: 4, alpha }));
    expect(at(1)).toBeCloseTo(7.3938751, 5);
    expect(at(0)).toBeCloseTo(4.0181499, 5);
    expect(at(0.5)).toBeCloseTo((7.3938751 + 4.0181499) / 2, 5);
  });

  // Worked out with NumPy: logits (2, 1, 0), (0, .5, −.5) against the teacher's (3, 0, −1), (1, 1, 0), labels 0 and 1.
  it.each([
    [20, 0.3, 0.245835, 0.454507],
    [4, 0.3, 0.263356, 0.459763],
    [1, 0.5, 0.121818, 0.332878],
  ])('at T = %d and α = %d is T²·KL/B = %d mixed with 0.543938 to %d', (temperature, alpha, divergence, whole) => {
    const at = (share: number): number =>
      valueOf(() =>
        distilled(
          tf.tensor2d([
            [2, 1, 0],
            [0, 0.5, -0.5],
          ]),
          tf.tensor2d([
            [3, 0, -1],
            [1, 1, 0],
          ]),
          tf.tensor1d([0, 1], 'int32'),
          { temperature, alpha: share },
        ),
      );
    // At T = 20 the squared temperature multiplies the rounding of single precision by 400.
    expect(at(1)).toBeCloseTo(divergence, 4);
    expect(at(0)).toBeCloseTo(0.543938, 6);
    expect(at(alpha)).toBeCloseTo(whole, 4);
  });

  it('has nothing to learn from a teacher that says the same', () => {
    expect(onTensors({ temperature: 3, alpha: 1 }, student)).toBeCloseTo(0, 6);
  });

  it('has the gradient α·T·(softmax(s/T) − softmax(t/T))/B + (1 − α)·(softmax(s) − y)/B', () => {
    const temperature = 2;
    const alpha = 0.7;
    const gradient = tf.tidy(() =>
      tf
        .grad((logits) => distilled(logits as tf.Tensor2D, tf.tensor2d(teacher), tf.tensor1d(labels, 'int32'), { temperature, alpha }))(
          tf.tensor2d(student),
        )
        .dataSync(),
    );
    const expected = student.flatMap((logits, row) => {
      const hard = softmax(logits);
      const soft = softmax(logits, temperature);
      const guide = softmax(teacher[row]!, temperature);
      return logits.map(
        (_, column) =>
          (alpha * temperature * (soft[column]! - guide[column]!) + (1 - alpha) * (hard[column]! - (labels[row] === column ? 1 : 0))) / 2,
      );
    });
    expected.forEach((value, index) => expect(gradient[index]).toBeCloseTo(value, 5));
  });
});
