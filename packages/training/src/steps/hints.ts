import { createGenerator } from '@espalier/core';
import { tf } from '@espalier/tensor';
import { variableWith, type Learnable } from './learnt.ts';
import { sumOf } from './loss.ts';
import type { Point } from './points.ts';

/** What brings the student's maps at a point to the teacher's width: learnt with the student, and no part of the network that is kept. */
interface Regressor {
  /** [1, 1, channels of the student, channels of the teacher] */
  readonly kernel: tf.Variable;
  readonly bias: tf.Variable;
}

/** Feature hints (Romero et al. 2015, FitNets): a student's maps are to be its teacher's. */
export class Hints {
  /** Of all regressors. */
  readonly learnable: readonly Learnable[];
  readonly #points: readonly Point[];
  /** One for each point; null where the widths are the same and the maps are compared as they are. */
  readonly #regressors: readonly (Regressor | null)[];

  /** Kernels are drawn from N(0, 1 / channels of the student), which keeps the size of the maps; biases are zero. */
  constructor(points: readonly Point[], seed: number) {
    this.#points = points;
    this.#regressors = points.map((point) => (point.studentChannels === point.teacherChannels ? null : drawRegressor(point, seed)));
    this.learnable = this.#regressors.flatMap((regressor, index) => {
      if (regressor === null) return [];
      const name = `hints/${nameOf(points[index]!)}`;
      return [
        { name: `${name}/kernel`, weight: regressor.kernel, decays: true },
        { name: `${name}/bias`, weight: regressor.bias, decays: false },
      ];
    });
  }

  /**
   * Σ over the points of ½·mean((r(s) − t)²), the mean over pictures, places and channels, with r the regressor (eq. 3 there, which has the sum for
   * the mean: this one's size does not depend on the layer's).
   * @param student by layer, [batch, height, width, channels]
   * @param teacher one for each point
   */
  loss(student: ReadonlyMap<string, tf.Tensor>, teacher: readonly tf.Tensor[]): tf.Scalar {
    return tf.tidy(() => {
      const losses = this.#points.map((point, index) => {
        const brought = this.#brought(index, student.get(point.student) as tf.Tensor4D);
        return tf.mul(tf.mean(tf.squaredDifference(brought, teacher[index]!)), 0.5);
      });
      return sumOf(losses);
    });
  }

  dispose(): void {
    for (const { weight } of this.learnable) weight.dispose();
  }

  #brought(index: number, maps: tf.Tensor4D): tf.Tensor {
    const regressor = this.#regressors[index]!;
    if (regressor === null) return maps;
    return tf.add(tf.conv2d(maps, regressor.kernel as unknown as tf.Tensor4D, 1, 'valid'), regressor.bias);
  }
}

const nameOf = ({ student, teacher }: Point): string => (student === teacher ? student : `${student}:${teacher}`);

const learnt = { trainable: true };

function drawRegressor(point: Point, seed: number): Regressor {
  const { studentChannels, teacherChannels } = point;
  const generator = createGenerator(seed, 'hints', nameOf(point));
  const kernel = Float32Array.from({ length: studentChannels * teacherChannels }, () => generator.normal() / Math.sqrt(studentChannels));
  return {
    kernel: variableWith([1, 1, studentChannels, teacherChannels], kernel, learnt),
    bias: variableWith([teacherChannels], undefined, learnt),
  };
}
