import { beforeAll, describe, expect, it } from 'vitest';
import { normalTensor } from '../../test/small-network.ts';
import { applyMomentum, compile, openBackend, runEagerly, tf } from '../index.ts';

const SHAPE = [7, 33];
const MOMENTUM = 0.9;

beforeAll(async () => {
  await openBackend();
});

const variables = (...seeds: number[]): tf.Variable[] => seeds.map((seed) => tf.variable(normalTensor(seed, SHAPE)));

describe.each([false, true])('a step with momentum (Nesterov: %s)', (nesterov) => {
  it('follows the formula', () => {
    const [weight, velocity] = variables(1, 2) as [tf.Variable, tf.Variable];
    const [w, v, g] = [weight, velocity, normalTensor(3, SHAPE)].map((tensor) => [...tensor.dataSync<'float32'>()]) as number[][];
    applyMomentum({ weight, velocity, gradient: normalTensor(3, SHAPE), learningRate: tf.scalar(0.1), momentum: MOMENTUM, nesterov });
    const [newWeight, newVelocity] = [weight, velocity].map((variable) => variable.dataSync<'float32'>());
    w!.forEach((value, index) => {
      const moved = MOMENTUM * v![index]! + g![index]!;
      const direction = nesterov ? g![index]! + MOMENTUM * moved : moved;
      expect(newVelocity![index]).toBeCloseTo(moved, 5);
      expect(newWeight![index]).toBeCloseTo(value - 0.1 * direction, 5);
    });
    tf.dispose([weight, velocity]);
  });

  it('is one operation of a graph, to the same bits as operation by operation', () => {
    const [weight, velocity, average] = variables(1, 2, 4) as [tf.Variable, tf.Variable, tf.Variable];
    const step = ({ x, learningRate }: { x: tf.Tensor; learningRate: tf.Tensor }) => {
      const { grads, value } = tf.variableGrads(() => tf.sum(tf.square(tf.mul(weight as tf.Tensor, x))) as tf.Scalar, [weight]);
      applyMomentum({ weight, velocity, gradient: grads[weight.name]!, learningRate, momentum: MOMENTUM, nesterov });
      // What comes after it sees the new weight.
      average.assign(tf.add(average as tf.Tensor, tf.mul(tf.sub(weight as tf.Tensor, average as tf.Tensor), 0.1)));
      return { loss: value };
    };
    const options = { feeds: { x: normalTensor(5, SHAPE), learningRate: tf.scalar(0) }, variables: [weight, velocity, average] };
    const [compiled, eager] = [compile(step, options), runEagerly(step, options)];
    for (let index = 1; index <= 30; index++) {
      const feeds = { x: normalTensor(index, SHAPE), learningRate: tf.scalar(0.02 / index) };
      const losses = [compiled, eager].map((runnable) => runnable.run(feeds).loss.dataSync()[0]);
      expect(losses[0]).toBe(losses[1]);
    }
    expect(compiled.read()).toEqual(eager.read());
    tf.dispose([weight, velocity, average]);
  });
});

describe('a weight that was assigned before its step with momentum', () => {
  it('is stepped from what it was assigned, compiled as well', () => {
    const [weight, velocity] = variables(1, 2) as [tf.Variable, tf.Variable];
    const step = ({ learningRate }: { learningRate: tf.Tensor }) => {
      weight.assign(tf.mul(weight as tf.Tensor, 0.5));
      applyMomentum({ weight, velocity, gradient: tf.onesLike(weight as tf.Tensor), learningRate, momentum: MOMENTUM, nesterov: false });
      velocity.assign(tf.mul(velocity as tf.Tensor, 2));
      return { sum: tf.sum(weight as tf.Tensor) };
    };
    const options = { feeds: { learningRate: tf.scalar(0.1) }, variables: [weight, velocity] };
    const [compiled, eager] = [compile(step, options), runEagerly(step, options)];
    for (let index = 0; index < 3; index++) [compiled, eager].forEach((runnable) => runnable.run(options.feeds));
    expect(compiled.read()).toEqual(eager.read());
    tf.dispose([weight, velocity]);
  });

  it('keeps what its velocity is assigned afterwards', () => {
    const [weight, velocity] = variables(1, 2) as [tf.Variable, tf.Variable];
    const step = ({ learningRate }: { learningRate: tf.Tensor }) => {
      applyMomentum({ weight, velocity, gradient: tf.onesLike(weight as tf.Tensor), learningRate, momentum: MOMENTUM, nesterov: false });
      velocity.assign(tf.mul(velocity as tf.Tensor, 0.25));
      return { sum: tf.sum(velocity as tf.Tensor) };
    };
    const options = { feeds: { learningRate: tf.scalar(0.1) }, variables: [weight, velocity] };
    const [compiled, eager] = [compile(step, options), runEagerly(step, options)];
    for (let index = 0; index < 3; index++) [compiled, eager].forEach((runnable) => runnable.run(options.feeds));
    expect(compiled.read()).toEqual(eager.read());
    tf.dispose([weight, velocity]);
  });
});
