import { openBackend, tf } from '@espalier/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend, type SgdSettings } from './sgd.ts';

beforeAll(() => openBackend());

/** The weight after each of two steps with gradients 1 and 2 at a rate of 0.1, from a weight of 1. */
function twoSteps(settings: SgdSettings, decays: boolean): number[] {
  const weight = tf.variable(tf.scalar(1));
  const velocity = tf.variable(tf.scalar(0));
  const after = [1, 2].map((gradient) =>
    tf.tidy(() => {
      descend([{ weight, velocity, decays }], { [weight.name]: tf.scalar(gradient) }, tf.scalar(0.1), settings);
      return weight.dataSync()[0]!;
    }),
  );
  tf.dispose([weight, velocity]);
  return after;
}

describe('gradient descent', () => {
  it.each([
    { name: 'plain', settings: { momentum: 0, nesterov: false, weightDecay: 0 }, decays: true, weights: [0.9, 0.7] },
    // v: 1, then 0.9·1 + 2 = 2.9.
    { name: 'with momentum', settings: { momentum: 0.9, nesterov: false, weightDecay: 0 }, decays: true, weights: [0.9, 0.61] },
    // Directions: 1 + 0.9·1 = 1.9, then 2 + 0.9·2.9 = 4.61.
    { name: 'with Nesterov’s momentum', settings: { momentum: 0.9, nesterov: true, weightDecay: 0 }, decays: true, weights: [0.81, 0.349] },
    // g: 1 + 0.5·1 = 1.5, w = 0.85; then 2 + 0.5·0.85 = 2.425.
    { name: 'with weight decay', settings: { momentum: 0, nesterov: false, weightDecay: 0.5 }, decays: true, weights: [0.85, 0.6075] },
    {
      name: 'with weight decay, of a weight that it spares',
      settings: { momentum: 0, nesterov: false, weightDecay: 0.5 },
      decays: false,
      weights: [0.9, 0.7],
    },
  ])('$name takes these two steps', ({ settings, decays, weights }) => {
    twoSteps(settings, decays).forEach((weight, index) => expect(weight).toBeCloseTo(weights[index]!, 6));
  });
});
