import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallNetwork } from '../../test/fixtures.ts';
import { classification, type LabelledBatch } from './classification.ts';
import type { Teacher } from './guidance.ts';
import { TrainingStep, type TrainingStepOptions } from './training-step.ts';

beforeAll(() => openBackend());
const refuse = (text: string): never => {
  throw new Error(text);
};

const batchSize = 8;
/** Noise: the bits are compared, not what is learnt. */
function batches(count: number): LabelledBatch[] {
  const generator = createGenerator(2, 'batches');
  return Array.from({ length: count }, () => ({
    images: Float32Array.from({ length: batchSize * 64 }, () => generator.normal()),
    labels: Int32Array.from({ length: batchSize }, () => generator.integer(3)),
  }));
}

const optimizers = [
  { optimizer: { name: 'sgd' } },
  { optimizer: { name: 'sgd' }, nesterov: true, clipNorm: 0.5, averaging: 0.9 },
  { optimizer: { name: 'adam' }, learningRate: 0.01 },
  { optimizer: { name: 'adamw' }, learningRate: 0.01, clipNorm: 1, averaging: 0.9, labelSmoothing: 0.1 },
];
const optionsFor = (given: object, teacher: Teacher | null, eager: boolean): TrainingStepOptions<LabelledBatch> => {
  const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.1, batchSize, ...given });
  return {
    network: smallNetwork(),
    objective: classification(settings),
    settings,
    batchSize,
    seed: 1,
    imageShape: [8, 8, 1],
    teacher,
    warn: refuse,
    eager,
  };
};

/** Losses and final state of 50 steps, the rate falling on the way. */
function fiftySteps(given: object, teacher: Teacher | null, eager: boolean) {
  const step = new TrainingStep(optionsFor(given, teacher, eager));
  const losses = batches(50).map((batch, index) => step.run(batch, 0.1 / (index + 1), index + 1).loss);
  const values = step.read();
  const kept = step.keptWeights(values).map((weight) => weight.slice());
  step.dispose();
  return { losses, values, kept, names: step.variableNames };
}

describe.each(optimizers)('a step with %o', (given) => {
  it('takes the same bits compiled and operation by operation, over 50 steps', () => {
    const [compiled, eager] = [fiftySteps(given, null, false), fiftySteps(given, null, true)];
    expect(compiled.losses).toEqual(eager.losses);
    compiled.values.forEach((values, index) => expect(values, compiled.names[index]!).toEqual(eager.values[index]));
  });

  it.each([{}, { attention: { weight: 50 } }])('with a teacher and %o takes nearly the same', (more) => {
    const teacher = { network: smallNetwork(9), settings: { temperature: 4, alpha: 0.5, ...more } };
    const [compiled, eager] = [fiftySteps(given, teacher, false), fiftySteps(given, teacher, true)];
    // TensorFlow fuses the teacher's convolutions and normalisations in the graph, which moves the last bits of the loss; the steps after it carry these on.
    compiled.losses.slice(0, 10).forEach((loss, index) => expect(loss).toBeCloseTo(eager.losses[index]!, 3));
  });
});

describe('averaged weights', () => {
  it('follow the weights by the formula, and are what is kept', () => {
    const averaging = 0.6;
    const [batch] = batches(1);
    const step = new TrainingStep(optionsFor({ averaging }, null, false));
    const place = step.variableNames.indexOf('classifier/kernel');
    const averagePlace = step.variableNames.indexOf('classifier/kernel/average');
    let expected = step.read()[place]!.slice();
    for (let count = 1; count <= 12; count++) {
      step.run(batch!, 0.1, count);
      const weights = step.read()[place]!;
      const decay = Math.min(averaging, (1 + count) / (10 + count));
      expected = expected.map((value, index) => value + (1 - decay) * (weights[index]! - value));
      const average = step.read()[averagePlace]!;
      average.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    }
    const values = step.read();
    expect(step.keptWeights(values)[place]).toEqual(values[averagePlace]);
    expect(values[averagePlace]).not.toEqual(values[place]);
    step.dispose();
  });
});
