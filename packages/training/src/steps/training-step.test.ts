import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { initialiseWeights, TopologyBuilder } from '@espalier/zoo';
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
    expect(fiftySteps(given, null, false)).toEqual(fiftySteps(given, null, true));
  });

  it.each([{}, { attention: { weight: 50 } }, { hints: { weight: 2, layers: ['branch', 'stem'] } }])(
    'takes the same bits with a teacher and %o as well',
    (more) => {
      const teacher = { network: smallNetwork(9), settings: { temperature: 4, alpha: 0.5, ...more } };
      expect(fiftySteps(given, teacher, false)).toEqual(fiftySteps(given, teacher, true));
    },
  );
});

describe('a step that gives hints', () => {
  /** With a wider layer behind the same name, and behind another. */
  const wide = () => {
    const net = new TopologyBuilder('wide', [8, 8, 1]);
    const stem = net.relu(net.batchNormalisation(net.conv(net.input, 'stem', 10), 'stem_bn'), 'first_relu');
    return initialiseWeights(net.build(net.dense(net.globalAveragePool(stem, 'pool'), 'classifier', 3)), 9);
  };
  const hints = { weight: 2, layers: ['stem', { student: 'stem_relu', teacher: 'first_relu' }] };
  const teacher = (): Teacher => ({ network: wide(), settings: { temperature: 4, alpha: 0.5, hints } });

  it('learns regressors beside the network, which are state and no part of what is kept', () => {
    const step = new TrainingStep(optionsFor({ averaging: 0.9 }, teacher(), false));
    const before = step.read();
    batches(5).forEach((batch, index) => step.run(batch, 0.1, index + 1));
    const regressors = step.variableNames.flatMap((name, index) => (/^hints\/[^/]+\/(kernel|bias)$/.test(name) ? [index] : []));
    expect(regressors.map((index) => step.variableNames[index])).toEqual([
      'hints/stem/kernel',
      'hints/stem/bias',
      'hints/stem_relu:first_relu/kernel',
      'hints/stem_relu:first_relu/bias',
    ]);
    const after = step.read();
    for (const index of regressors) expect(after[index]).not.toEqual(before[index]);
    expect(step.keptWeights(after).map(({ length }) => length)).toEqual(smallNetwork().weights.map(({ values }) => values.length));
    step.dispose();
  });

  it('goes on from its state as if nothing had happened', () => {
    const [whole, first, second] = Array.from({ length: 3 }, () => new TrainingStep(optionsFor({}, teacher(), false)));
    const lessons = batches(6);
    const losses = lessons.map((batch, index) => whole!.run(batch, 0.1, index + 1).loss);
    lessons.slice(0, 3).forEach((batch, index) => first!.run(batch, 0.1, index + 1));
    second!.write(first!.read());
    expect(lessons.slice(3).map((batch, index) => second!.run(batch, 0.1, index + 4).loss)).toEqual(losses.slice(3));
    expect(second!.read()).toEqual(whole!.read());
    for (const step of [whole, first, second]) step!.dispose();
  });

  it('brings the student’s maps towards the teacher’s', () => {
    const step = new TrainingStep(
      optionsFor({}, { ...teacher(), settings: { temperature: 4, alpha: 0, hints: { ...hints, weight: 10 } } }, false),
    );
    const [batch] = batches(1);
    const losses = Array.from({ length: 40 }, (_, index) => step.run(batch!, 0.02, index + 1).loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    step.dispose();
  });

  it('refuses a teacher of other classes', () => {
    const net = new TopologyBuilder('other', [8, 8, 1]);
    const other = initialiseWeights(
      net.build(net.dense(net.globalAveragePool(net.conv(net.input, 'stem', 6), 'pool'), 'classifier', 4)),
      1,
    );
    expect(() => new TrainingStep(optionsFor({}, { network: other, settings: { temperature: 4, alpha: 0.5 } }, false))).toThrow(
      'the student gives [3] and the teacher [4], but distillation compares the logits of classifiers',
    );
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
