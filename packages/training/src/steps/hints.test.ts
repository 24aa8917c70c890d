import { createGenerator } from '@espalier/core';
import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { Hints } from './hints.ts';
import type { Point } from './points.ts';

beforeAll(() => openBackend());

const pointOf = (studentChannels: number, teacherChannels: number): Point => ({
  student: 'ours',
  teacher: 'theirs',
  height: 2,
  width: 2,
  studentChannels,
  teacherChannels,
});
const maps = (values: number[], channels: number): tf.Tensor4D => tf.tensor4d(values, [values.length / (4 * channels), 2, 2, channels]);
const draw = (length: number, purpose: string): number[] => {
  const generator = createGenerator(6, 'hints', purpose);
  return Array.from({ length }, () => generator.normal());
};

/** ½·mean((s·W + b − t)²) in double precision, for maps as rows of channels. */
function expectedLoss(student: number[], teacher: number[], kernel: ArrayLike<number>, bias: ArrayLike<number>): number {
  const channels = bias.length;
  const inputs = kernel.length / channels;
  const squares = teacher.map((target, index) => {
    const [row, channel] = [Math.floor(index / channels), index % channels];
    let brought = bias[channel]!;
    for (let input = 0; input < inputs; input++) brought += student[row * inputs + input]! * kernel[input * channels + channel]!;
    return (brought - target) ** 2;
  });
  return squares.reduce((sum, square) => sum + square, 0) / squares.length / 2;
}

const lossOf = (hints: Hints, student: tf.Tensor, teacher: tf.Tensor): number =>
  hints.loss(new Map([['ours', student]]), [teacher]).dataSync()[0]!;
const valuesOf = (hints: Hints): Float32Array[] => hints.learnable.map(({ weight }) => weight.dataSync<'float32'>().slice());

describe('a hint between maps of one width', () => {
  it('is half the mean squared difference, and learns nothing of its own', () => {
    const hints = new Hints([pointOf(2, 2)], 1);
    expect(hints.learnable).toEqual([]);
    // Differences 1, 0, −2, 0, 0, 3, 0, 0: squares 14 over 8 numbers, and half of that.
    const loss = lossOf(hints, maps([2, 2, 3, 4, 5, 9, 7, 8], 2), maps([1, 2, 5, 4, 5, 6, 7, 8], 2));
    expect(loss).toBeCloseTo(14 / 8 / 2, 6);
  });
});

describe('a hint to a narrower student', () => {
  const [student, teacher] = [draw(3 * 4 * 2, 'student'), draw(3 * 4 * 5, 'teacher')];

  it('compares what a 1 × 1 convolution makes of the student’s maps', () => {
    const hints = new Hints([pointOf(2, 5)], 1);
    const [kernel, bias] = valuesOf(hints);
    expect(hints.learnable.map(({ name, decays, weight }) => [name, decays, weight.shape])).toEqual([
      ['hints/ours:theirs/kernel', true, [1, 1, 2, 5]],
      ['hints/ours:theirs/bias', false, [5]],
    ]);
    // 60 float32 numbers of size one.
    expect(lossOf(hints, maps(student, 2), maps(teacher, 5))).toBeCloseTo(expectedLoss(student, teacher, kernel!, bias!), 5);
    hints.dispose();
  });

  it('has the gradients of finite differences, for the student’s maps and for the convolution', () => {
    const hints = new Hints([pointOf(2, 5)], 1);
    const [kernel, bias] = valuesOf(hints).map((values) => [...values]) as [number[], number[]];
    const input = tf.variable(maps(student, 2));
    const { grads } = tf.variableGrads(
      () => hints.loss(new Map([['ours', input as tf.Tensor]]), [maps(teacher, 5)]),
      [input, ...hints.learnable.map(({ weight }) => weight)],
    );
    const at = (list: number[], index: number, step: number): number[] =>
      list.map((value, place) => (place === index ? value + step : value));
    const step = 1e-4;
    const differences = {
      [input.name]: student.map((_, index) => [step, -step].map((by) => expectedLoss(at(student, index, by), teacher, kernel, bias))),
      [hints.learnable[0]!.weight.name]: kernel.map((_, index) =>
        [step, -step].map((by) => expectedLoss(student, teacher, at(kernel, index, by), bias)),
      ),
      [hints.learnable[1]!.weight.name]: bias.map((_, index) =>
        [step, -step].map((by) => expectedLoss(student, teacher, kernel, at(bias, index, by))),
      ),
    };
    for (const [name, pairs] of Object.entries(differences)) {
      const gradient = grads[name]!.dataSync();
      // The differences are taken in double precision of a quadratic, for which central ones are exact; the gradient is float32.
      pairs.forEach(([above, below], index) => expect(gradient[index]).toBeCloseTo((above! - below!) / (2 * step), 5));
    }
    hints.dispose();
  });

  it('begins as its seed says, with kernels that keep the size of the maps', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => {
      const hints = new Hints([pointOf(64, 64 + 1)], seed);
      const [kernel, bias] = valuesOf(hints);
      hints.dispose();
      return { kernel: kernel!, bias: bias! };
    });
    expect(again).toEqual(first);
    expect(other!.kernel).not.toEqual(first!.kernel);
    const variance = first!.kernel.reduce((sum, value) => sum + value ** 2, 0) / first!.kernel.length;
    // Of 4160 drawn numbers: the deviation of a variance's estimate is √(2 / 4160) of it, 2.2 %.
    expect(variance * 64).toBeGreaterThan(0.9);
    expect(variance * 64).toBeLessThan(1.1);
    expect(Math.max(...first!.bias)).toBe(0);
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    new Hints([pointOf(2, 5)], 1).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
