import { TrainingSettingsSchema, type TrainingSettings } from '@espalier/core';
import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend, optimizerOf } from './optimizer.ts';

beforeAll(() => openBackend());

type Given = Partial<Omit<TrainingSettings, 'optimizer'>> & { optimizer?: object };

/** The weight after each step with these gradients at a rate of 0.1, from a weight of 1. */
function walk(given: Given, { decays = true, isGamma = false, gradients = [1, 2] } = {}): number[] {
  const settings = TrainingSettingsSchema.parse({ epochs: 1, learningRate: 0.1, weightDecay: 0, ...given });
  const optimizer = optimizerOf(settings);
  const weight = tf.variable(tf.scalar(1));
  const slots = optimizer.slots.map(() => tf.variable(tf.scalar(0)));
  const after = gradients.map((gradient, index) =>
    tf.tidy(() => {
      const scalars = Object.fromEntries(
        Object.entries(optimizer.scalars(0.1, index + 1)).map(([name, value]) => [name, tf.scalar(value)]),
      );
      descend(optimizer, [{ weight, slots, decays, isGamma }], { [weight.name]: tf.scalar(gradient) }, scalars, settings);
      return weight.dataSync()[0]!;
    }),
  );
  tf.dispose([weight, slots]);
  return after;
}

describe('gradient descent', () => {
  it.each<{ name: string; settings: Given; decays?: boolean; isGamma?: boolean; weights: number[] }>([
    { name: 'plain', settings: { momentum: 0 }, weights: [0.9, 0.7] },
    // v: 1, then 0.9·1 + 2 = 2.9.
    { name: 'with momentum', settings: { momentum: 0.9 }, weights: [0.9, 0.61] },
    // Directions: 1 + 0.9·1 = 1.9, then 2 + 0.9·2.9 = 4.61.
    { name: 'with Nesterov’s momentum', settings: { momentum: 0.9, nesterov: true }, weights: [0.81, 0.349] },
    // g: 1 + 0.5·1 = 1.5, w = 0.85; then 2 + 0.5·0.85 = 2.425.
    { name: 'with weight decay', settings: { momentum: 0, weightDecay: 0.5 }, weights: [0.85, 0.6075] },
    {
      name: 'with weight decay, of a weight that it spares',
      settings: { momentum: 0, weightDecay: 0.5 },
      decays: false,
      weights: [0.9, 0.7],
    },
    // Gradients 1 and 2 are both scaled down to 0.5.
    { name: 'with clipped gradients', settings: { momentum: 0, clipNorm: 0.5 }, weights: [0.95, 0.9] },
    { name: 'with a bound that no gradient reaches', settings: { momentum: 0, clipNorm: 5 }, weights: [0.9, 0.7] },
    // The decay is added after clipping: g = 0.5 + 0.5·1, then 0.5 + 0.5·0.9.
    { name: 'with both', settings: { momentum: 0, clipNorm: 0.5, weightDecay: 0.5 }, weights: [0.9, 0.805] },
    // sign(γ)·0.5 is added after clipping: g = 0.5 + 0.5, then the same.
    {
      name: 'with a penalty on γ, of a γ, and clipped gradients',
      settings: { momentum: 0, clipNorm: 0.5, sparsity: { weight: 0.5 } },
      isGamma: true,
      weights: [0.9, 0.8],
    },
    { name: 'with a penalty on γ, of another weight', settings: { momentum: 0, sparsity: { weight: 0.5 } }, weights: [0.9, 0.7] },
  ])('$name takes these two steps', ({ settings, decays, isGamma, weights }) => {
    walk(settings, { decays, isGamma }).forEach((weight, index) => expect(weight).toBeCloseTo(weights[index]!, 5));
  });
});

describe('Adam', () => {
  /** Written out in double precision from the formulae of the paper, the two corrections in its own order. */
  function expected(gradients: readonly number[], { weightDecay = 0, decoupled = false } = {}): number[] {
    let [w, m, v] = [1, 0, 0];
    return gradients.map((ofLoss, index) => {
      const g = ofLoss + (decoupled ? 0 : weightDecay * w);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g ** 2;
      const [mHat, vHat] = [m / (1 - 0.9 ** (index + 1)), v / (1 - 0.999 ** (index + 1))];
      if (decoupled) w -= 0.1 * weightDecay * w;
      w -= (0.1 * mHat) / (Math.sqrt(vHat) + 1e-8);
      return w;
    });
  }
  const gradients = [1, 2, -0.5, 0.25, 3];

  it.each<{ name: string; settings: Given; expectation: number[] }>([
    { name: 'without decay', settings: { optimizer: { name: 'adam' } }, expectation: expected(gradients) },
    {
      name: 'with decay in the gradient',
      settings: { optimizer: { name: 'adam' }, weightDecay: 0.5 },
      expectation: expected(gradients, { weightDecay: 0.5 }),
    },
    {
      name: 'with decay beside it',
      settings: { optimizer: { name: 'adamw' }, weightDecay: 0.5 },
      expectation: expected(gradients, { weightDecay: 0.5, decoupled: true }),
    },
  ])('$name follows the paper', ({ settings, expectation }) => {
    // Five float32 steps of size 0.1.
    walk(settings, { gradients }).forEach((weight, index) => expect(weight).toBeCloseTo(expectation[index]!, 5));
  });

  it('begins with a step of the size of the rate, whatever the size of the gradient', () => {
    expect(walk({ optimizer: { name: 'adam' } }, { gradients: [1e-3] })[0]).toBeCloseTo(0.9, 4);
    expect(walk({ optimizer: { name: 'adam' } }, { gradients: [1e3] })[0]).toBeCloseTo(0.9, 4);
  });
});
