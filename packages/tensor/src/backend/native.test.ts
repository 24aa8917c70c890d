import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, tf } from '../index.ts';

beforeAll(() => openBackend());

describe('a native tensor', () => {
  it('has memory of its own: the array that it was made from may change, or go, at any time', () => {
    // TensorFlow would share an array whose address is a multiple of 64 bytes, which one of these sixteen neighbours has.
    const pool = new Float32Array(64);
    for (let offset = 0; offset < 16; offset++) {
      const array = pool.subarray(offset, offset + 32).fill(1);
      const tensor = tf.tensor1d(array);
      tf.add(tensor, 1).dispose();
      array.fill(9);
      expect([...tensor.dataSync()]).toEqual(Array.from(array, () => 1));
      tensor.dispose();
    }
  });
});
