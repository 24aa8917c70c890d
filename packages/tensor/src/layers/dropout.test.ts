import { beforeAll, describe, expect, it } from 'vitest';
import { compile, openBackend, tf, withRandomKey } from '../index.ts';
import { Dropout } from './dropout.ts';

beforeAll(async () => {
  await openBackend();
});

const RATE = 0.2;
const x = () => tf.ones([100, 200]);
const keyed = (key: readonly [number, number], layer = new Dropout({ rate: RATE })): Float32Array =>
  withRandomKey(tf.tensor1d([...key], 'int32'), () => (layer.apply(x(), { training: true }) as tf.Tensor).dataSync<'float32'>());
const agreement = (a: Float32Array, b: Float32Array): number => a.filter((value, index) => value === b[index]).length / a.length;

describe('dropout with a key', () => {
  it('sets the share to zero and divides the rest, in training only', () => {
    const kept = keyed([1, 2]);
    expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / (1 - RATE))]));
    // 20,000 draws: the share's standard deviation is √(0.2·0.8/20000) = 0.0028; five of them.
    expect(Math.abs(kept.filter((value) => value === 0).length / kept.length - RATE)).toBeLessThan(0.015);
    const layer = new Dropout({ rate: RATE });
    expect(new Set((layer.apply(x(), { training: false }) as tf.Tensor).dataSync<'float32'>())).toEqual(new Set([1]));
  });

  it('drops the same again for the same key, and independently for another key or at another place', () => {
    const first = keyed([1, 2]);
    expect(keyed([1, 2])).toEqual(first);
    // Independent masks agree at 0.2² + 0.8² = 0.68 of all places, with a standard deviation of 0.0033.
    expect(Math.abs(agreement(keyed([1, 3]), first) - 0.68)).toBeLessThan(0.02);
    expect(Math.abs(agreement(keyed([2, 2]), first) - 0.68)).toBeLessThan(0.02);
    const layer = new Dropout({ rate: RATE });
    const twice = withRandomKey(tf.tensor1d([1, 2], 'int32'), () =>
      [1, 2].map(() => (layer.apply(x(), { training: true }) as tf.Tensor).dataSync<'float32'>()),
    );
    expect(twice[0]).toEqual(first);
    expect(Math.abs(agreement(twice[1]!, first) - 0.68)).toBeLessThan(0.02);
  });

  it('is compiled, to the same bits forward and backward, and changes with the fed key', () => {
    const layer = new Dropout({ rate: RATE });
    const step = ({ a, key }: { a: tf.Tensor; key: tf.Tensor }) => {
      const drop = (z: tf.Tensor) => tf.square(layer.apply(z, { training: true }) as tf.Tensor);
      return { dx: withRandomKey(key as tf.Tensor1D, () => tf.grad(drop)(a)) };
    };
    const feeds = { a: x(), key: tf.tensor1d([0, 0], 'int32') };
    const compiled = compile(step, { feeds, variables: [] });
    const masks = [5, 6].map((key) => {
      const fed = { ...feeds, key: tf.tensor1d([key, 7], 'int32') };
      const dx = compiled.run(fed).dx.dataSync<'float32'>();
      expect(dx).toEqual(step(fed).dx.dataSync());
      return dx;
    });
    expect(masks[0]).not.toEqual(masks[1]);
    compiled.dispose();
  });

  it('keeps no tensors', () => {
    keyed([1, 2]);
    const before = tf.memory().numTensors;
    tf.tidy(() => keyed([1, 2]));
    expect(tf.memory().numTensors).toBe(before);
  });
});
