import { createGenerator } from '@espalier/core';
import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../fixtures/detection/ssd.json' with { type: 'json' };
import { matchScenes } from './matching.ts';
import { minedNegatives, multiboxLoss } from './multibox-loss.ts';

beforeAll(() => openBackend());

interface Given {
  readonly logits: number[][][];
  readonly offsets: number[][][];
  readonly labels: number[][];
  readonly wanted: number[][][];
}

const onTensors = ({ logits, offsets, labels, wanted }: Given) =>
  [tf.tensor3d(logits), tf.tensor3d(offsets), tf.tensor2d(labels, undefined, 'int32'), tf.tensor3d(wanted)] as const;
const lossOf = (logits: tf.Tensor3D, offsets: tf.Tensor3D, labels: tf.Tensor2D, wantedOffsets: tf.Tensor3D) =>
  multiboxLoss({ logits, offsets }, { labels, wantedOffsets });
const valuesOf = (given: Given): Record<'loss' | 'confidence' | 'localisation', number> =>
  tf.tidy(() => {
    const { loss, confidence, localisation } = lossOf(...onTensors(given));
    const value = (scalar: tf.Scalar): number => scalar.dataSync()[0]!;
    return { loss: value(loss), confidence: value(confidence), localisation: value(localisation) };
  });
const gradientsOf = (given: Given): [logits: Float32Array, offsets: Float32Array] =>
  tf.tidy(() => {
    const [logits, offsets, labels, wanted] = onTensors(given);
    const [ofLogits, ofOffsets] = tf.grads((...[z, o]) => lossOf(z as tf.Tensor3D, o as tf.Tensor3D, labels, wanted).loss)([
      logits,
      offsets,
    ]);
    return [ofLogits!.dataSync<'float32'>(), ofOffsets!.dataSync<'float32'>()];
  });

/** One picture, two classes besides the background. Prior 0 has an object of class 2; of the four others, three are mined. */
const small: Given = {
  logits: [[[0, 1, 2], [0, 0, 0], [3, 0, 0], [-1, 2, 0], [1, 0, 1]]], // prettier-ignore
  offsets: [[[0.5, -2, 0, 1], ...Array.from({ length: 4 }, () => [9, 9, 9, 9])]],
  labels: [[2, 0, 0, 0, 0]],
  wanted: [[[0, 0, 0, 0], ...Array.from({ length: 4 }, () => [0, 0, 0, 0])]],
};
const entropy = (logits: readonly number[], label: number): number =>
  Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0)) - logits[label]!;

describe('the multibox loss', () => {
  it('of one object is the entropy of its prior and of three of background, and the smooth L1 distance of its offsets', () => {
    const rows = small.logits[0]!;
    // 3, 1 and 4 are the hardest of the background; 2 is right already.
    const confidence = entropy(rows[0]!, 2) + entropy(rows[1]!, 0) + entropy(rows[3]!, 0) + entropy(rows[4]!, 0);
    const localisation = 0.5 * 0.5 ** 2 + (2 - 0.5) + 0 + (1 - 0.5);
    expect(valuesOf(small)).toEqual({
      loss: expect.closeTo(confidence + localisation, 5),
      confidence: expect.closeTo(confidence, 5),
      localisation: expect.closeTo(localisation, 5),
    });
  });

  it('is divided by the matches of the whole batch, and takes three negatives of the same picture for each', () => {
    const rows = small.logits[0]!;
    // The second picture has two objects: six negatives are wanted, and the three that there are, taken.
    const second = { labels: [1, 2, 0, 0, 0] };
    const batch: Given = {
      logits: [rows, rows],
      offsets: [small.offsets[0]!, small.wanted[0]!],
      labels: [small.labels[0]!, second.labels],
      wanted: [small.wanted[0]!, small.wanted[0]!],
    };
    const alone = valuesOf(small);
    const ofSecond = rows.reduce((sum, logits, prior) => sum + entropy(logits, second.labels[prior]!), 0);
    expect(valuesOf(batch).confidence).toBeCloseTo((alone.confidence + ofSecond) / 3, 5);
    expect(valuesOf(batch).localisation).toBeCloseTo(alone.localisation / 3, 5);
  });

  it('and its gradient are 0 for a batch without objects, and a picture without any adds nothing', () => {
    const none: Given = { ...small, labels: [[0, 0, 0, 0, 0]] };
    expect(valuesOf(none)).toEqual({ loss: 0, confidence: 0, localisation: 0 });
    expect(gradientsOf(none).every((gradient) => gradient.every((value) => value === 0))).toBe(true);
    const both: Given = {
      logits: [...small.logits, ...none.logits],
      offsets: [...small.offsets, ...none.offsets],
      labels: [...small.labels, ...none.labels],
      wanted: [...small.wanted, ...none.wanted],
    };
    expect(valuesOf(both).loss).toBeCloseTo(valuesOf(small).loss, 6);
  });

  it('is no number where an answer is none, whether or not its prior counts', () => {
    const logits = small.logits.map((rows) => rows.map((row, prior) => (prior === 2 ? [Number.NaN, 0, 0] : row)));
    expect(valuesOf({ ...small, logits }).loss).toBeNaN();
  });

  it('has the gradient of its finite differences', () => {
    const generator = createGenerator(2, 'multibox');
    const numbers = (...[first, ...others]: number[]): number[] | number[][] =>
      Array.from({ length: first! }, () => (others.length === 0 ? generator.normal() : (numbers(...others) as number[]))) as
        number[] | number[][];
    const given: Given = {
      logits: [numbers(9, 3), numbers(9, 3)] as number[][][],
      offsets: [numbers(9, 4), numbers(9, 4)] as number[][][],
      labels: [[0, 1, 0, 0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 1]], // prettier-ignore
      wanted: [numbers(9, 4), numbers(9, 4)] as number[][][],
    };
    const [ofLogits, ofOffsets] = gradientsOf(given);
    // Central differences of step 1/64: truncation about 1e-4, rounding 6e-8 · 10 / (1/64). None of the choices below is as near to another as a step moves them.
    const h = 1 / 64;
    const tolerance = 1e-3;
    for (const [part, gradient, width] of [
      ['logits', ofLogits, 3],
      ['offsets', ofOffsets, 4],
    ] as const)
      // prettier-ignore
      for (let index = 0; index < gradient.length; index++) {
        const at = (shift: number): number => {
          const moved = structuredClone(given);
          moved[part][Math.floor(index / (9 * width))]![Math.floor(index / width) % 9]![index % width]! += shift;
          return valuesOf(moved).loss;
        };
        expect(Math.abs((at(h) - at(-h)) / (2 * h) - gradient[index]!)).toBeLessThan(tolerance);
      }
  });

  it('and its gradient are those of torchvision, with its matches', () => {
    const priors = { count: fixture.priors.length, values: Float64Array.from(fixture.priors.flat()) };
    const scenes = fixture.scenes.map(
      ({ boxes, labels }) =>
      boxes.map(([left, top, right, bottom], index) => ({
        left: left!, top: top!, right: right!, bottom: bottom!, label: labels[index]! - 1, difficult: false,
      })), // prettier-ignore
    );
    const targets = matchScenes(scenes, priors);
    const rowsOf = <Value>(values: ArrayLike<Value>, length: number): Value[][] =>
      Array.from({ length: values.length / length }, (_, row) => Array.from({ length }, (__, place) => values[row * length + place]!));
    const given: Given = {
      logits: fixture.logits,
      offsets: fixture.offsets,
      labels: rowsOf(targets.labels, priors.count),
      wanted: rowsOf(rowsOf(targets.offsets, 4), priors.count),
    };
    const { confidence, localisation } = valuesOf(given);
    // Sums of some hundred float32 numbers of size one, divided by 13.
    expect(confidence).toBeCloseTo(fixture.confidence, 4);
    expect(localisation).toBeCloseTo(fixture.localisation, 4);
    const [ofLogits, ofOffsets] = gradientsOf(given);
    fixture.logitGradients.flat(2).forEach((value, index) => expect(Math.abs(ofLogits[index]! - value)).toBeLessThan(1e-6));
    fixture.offsetGradients.flat(2).forEach((value, index) => expect(Math.abs(ofOffsets[index]! - value)).toBeLessThan(1e-6));
  });
});

describe('hard negatives', () => {
  it('are the hardest of each picture, and of equal ones the first', () => {
    const mined = tf.tidy(() => {
      const entropies = tf.tensor2d([
        [1, 1, 1, 1, 1, 1, 1, 1],
        [0, 5, 0, 3, 0, 0, 4, 0],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ]);
      const matched = tf.tensor2d([
        [0, 1, 0, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0],
      ]);
      return minedNegatives(entropies, matched).arraySync();
    });
    expect(mined).toEqual([
      [1, 0, 1, 1, 0, 0, 0, 0],
      [1, 0, 1, 1, 1, 1, 1, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('among thousands of equal ones are the first', () => {
    const priors = 8732;
    const mined = tf.tidy(() => {
      const places = Array.from({ length: priors }, (_, prior) => prior);
      const entropies = tf.tensor2d([places.map((prior) => (prior % 3 === 0 ? 2 : 1))]);
      const matched = tf.tensor2d([places.map((prior) => (prior >= 8000 && prior < 8700 ? 1 : 0))]);
      return minedNegatives(entropies, matched).dataSync();
    });
    // 2100 are wanted: of the 2677 harder ones (2667 below 8000, 10 from 8700 on), the first 2100.
    const chosen = [...mined].flatMap((value, prior) => (value === 1 ? [prior] : []));
    expect(chosen).toEqual(Array.from({ length: 2100 }, (_, index) => 3 * index));
  });
});
