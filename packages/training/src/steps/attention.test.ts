import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { attentionLoss, attentionMap } from './attention.ts';

beforeAll(() => openBackend());

const maps = (values: number[], channels: number): tf.Tensor4D => tf.tensor4d(values, [1, 2, 2, channels]);

describe('an attention map', () => {
  it('is the mean energy of the channels at each place, of length one', () => {
    // Channels (0, 4), (1, 5), (2, 6), (3, 7) at the four places: mean squares 8, 13, 20, 29.
    const [a, b, c, d] = [8, 13, 20, 29];
    const norm = Math.hypot(a, b, c, d);
    const map = [...attentionMap(maps([0, 4, 1, 5, 2, 6, 3, 7], 2)).dataSync()];
    [a / norm, b / norm, c / norm, d / norm].forEach((value, place) => expect(map[place]).toBeCloseTo(value, 6));
    expect(map.map((value) => Number(value.toFixed(4)))).toEqual([0.2084, 0.3386, 0.5209, 0.7554]);
  });

  it('of nothing but zeros is zero', () => {
    expect([...attentionMap(maps([0, 0, 0, 0], 1)).dataSync()]).toEqual([0, 0, 0, 0]);
  });

  it('differs from the teacher’s by this much in the example of the notes', () => {
    const student = attentionMap(maps([0, 4, 1, 5, 2, 6, 3, 7], 2));
    // Three channels: [[1, 0], [0, 1]], [[0, 2], [2, 0]], [[1, 1], [1, 1]].
    const teacher = attentionMap(maps([1, 0, 1, 0, 2, 1, 0, 2, 1, 1, 0, 1], 3));
    expect([...teacher.dataSync()].map((value) => Number(value.toFixed(4)))).toEqual([0.2626, 0.6565, 0.6565, 0.2626]);
    expect(attentionLoss([student], [teacher]).dataSync()[0]).toBeCloseTo(0.0912995, 6);
  });
});
