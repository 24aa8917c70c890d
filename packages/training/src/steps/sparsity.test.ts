import { createGenerator, TrainingSettingsSchema } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallNetwork } from '../../test/fixtures.ts';
import { classification } from './classification.ts';
import { TrainingStep } from './training-step.ts';

beforeAll(() => openBackend());

const batchSize = 8;

/** The weights after 40 steps on noise, and their names. */
function trained(sparsity: { weight: number } | null, eager: boolean) {
  const generator = createGenerator(2, 'batches');
  const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.1, batchSize, weightDecay: 0, sparsity });
  const network = smallNetwork();
  const step = new TrainingStep({
    network,
    objective: classification(settings),
    settings,
    batchSize,
    seed: 1,
    imageShape: [8, 8, 1],
    teacher: null,
    eager,
    warn: (text) => {
      throw new Error(text);
    },
  });
  for (let count = 1; count <= 40; count++) {
    const images = Float32Array.from({ length: batchSize * 64 }, () => generator.normal());
    const labels = Int32Array.from({ length: batchSize }, () => generator.integer(3));
    step.run({ images, labels }, 0.02, count);
  }
  const values = step.read().map((weight) => weight.slice());
  step.dispose();
  return { network, values, names: step.variableNames };
}

const meanGamma = ({ values, names }: ReturnType<typeof trained>): number => {
  const gammas = values.filter((_, index) => names[index]!.endsWith('/gamma')).flatMap((weight) => [...weight]);
  return gammas.reduce((sum, gamma) => sum + Math.abs(gamma), 0) / gammas.length;
};

describe('a penalty on γ', () => {
  it('draws the scales of normalisations towards zero, in steps that are compiled', () => {
    const [free, drawn] = [trained(null, false), trained({ weight: 0.3 }, false)];
    expect(meanGamma(free)).toBeGreaterThan(0.8);
    expect(meanGamma(drawn)).toBeLessThan(0.5 * meanGamma(free));
  });

  it('is the same bits compiled and operation by operation', () => {
    const [compiled, eager] = [trained({ weight: 0.3 }, false), trained({ weight: 0.3 }, true)];
    compiled.values.forEach((values, index) => expect(values, compiled.names[index]!).toEqual(eager.values[index]));
  });
});
