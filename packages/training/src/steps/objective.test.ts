import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import { openBackend, tf } from '@espalier/tensor';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { ForwardPass } from './forward-pass.ts';
import type { Objective } from './objective.ts';
import { TrainingStep } from './training-step.ts';

beforeAll(() => openBackend());
const refuse = (text: string): never => {
  throw new Error(text);
};

const batchSize = 4;
const imageShape = [6, 6, 2] as const;

/** Two heads over one pooled convolution: three numbers and two. */
function twoHeads() {
  const net = new TopologyBuilder('two-heads', imageShape);
  const pooled = net.globalAveragePool(net.relu(net.conv(net.input, 'stem', 4, { bias: true }), 'stem_relu'), 'pool');
  return initialiseWeights(net.build(net.dense(pooled, 'first', 3), net.dense(pooled, 'second', 2)), 3);
}

interface TwoTargets {
  readonly images: Float32Array;
  readonly first: Float32Array;
  readonly sign: readonly number[];
}

/** Squared distance of the first output from its targets, and of the second from 1 or −1. */
const distances: Objective<TwoTargets> = {
  targetShapes: (size) => ({ first: { shape: [size, 3], dtype: 'float32' }, sign: { shape: [size], dtype: 'int32' } }),
  targetsOf: ({ first, sign }) => ({ first, sign: Int32Array.from(sign) }),
  judge(outputs, { first, sign }) {
    const ofFirst = tf.mean(tf.squaredDifference(outputs[0]!, first!)) as tf.Scalar;
    const ofSecond = tf.mean(tf.squaredDifference(outputs[1]!, tf.reshape(tf.cast(sign!, 'float32'), [-1, 1]))) as tf.Scalar;
    return { loss: tf.add(ofFirst, ofSecond) as tf.Scalar, measures: { ofFirst, ofSecond } };
  },
};

function drawBatch(): TwoTargets {
  const generator = createGenerator(4, 'two-targets');
  const draw = (length: number): Float32Array => Float32Array.from({ length }, () => generator.normal());
  return { images: draw(batchSize * 72), first: draw(batchSize * 3), sign: [1, -1, -1, 1] };
}

const openStep = (eager: boolean) =>
  new TrainingStep({
    network: twoHeads(),
    objective: distances,
    settings: TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.05, batchSize }),
    batchSize,
    seed: 1,
    imageShape,
    teacher: null,
    warn: refuse,
    eager,
  });

describe('a step with an objective of its own', () => {
  it('judges every output of the network by what the batch brings, and tells the measures', () => {
    const batch = drawBatch();
    const forward = new ForwardPass({ network: twoHeads(), batchSize, imageShape, warn: refuse });
    const [first, second] = forward.runAll(batch.images);
    forward.dispose();
    const mean = (values: Float32Array, target: (index: number) => number): number =>
      values.reduce((sum, value, index) => sum + (value - target(index)) ** 2, 0) / values.length;
    const ofFirst = mean(first!, (index) => batch.first[index]!);
    const ofSecond = mean(second!, (index) => batch.sign[Math.floor(index / 2)]!);
    const step = openStep(false);
    const { loss, measures } = step.run(batch, 0.05, 1);
    step.dispose();
    // Sums of a dozen float32 numbers of size one.
    expect(measures['ofFirst']).toBeCloseTo(ofFirst, 5);
    expect(measures['ofSecond']).toBeCloseTo(ofSecond, 5);
    expect(loss).toBeCloseTo(ofFirst + ofSecond, 5);
  });

  it('learns from all of them', () => {
    const batch = drawBatch();
    const step = openStep(false);
    const outcomes = Array.from({ length: 30 }, (_, index) => step.run(batch, 0.05, index + 1));
    for (const name of ['ofFirst', 'ofSecond']) expect(outcomes.at(-1)!.measures[name]).toBeLessThan(outcomes[0]!.measures[name]!);
    step.dispose();
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const step = openStep(false);
    step.run(drawBatch(), 0.05, 1);
    step.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
