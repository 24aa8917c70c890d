import type { TrainingSettings } from '@espalier/core';
import { tf } from '@espalier/tensor';
import type { Optimizer } from './optimizer.ts';

export type AdamSettings = Extract<TrainingSettings['optimizer'], { name: 'adam' | 'adamw' }>;

/**
 * Adam (Kingma and Ba 2015) and, with its weight decay beside the gradient instead of in it, AdamW (Loshchilov and Hutter 2019), in the order of PyTorch:
 *
 *   m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g²,  w ← w·(1 − η·λ) − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 *
 * where `adam` has g ← ∇L + λ·w instead of the factor before w. The two corrections by the step t are fed.
 */
export const adam = ({ name, beta1, beta2, epsilon }: AdamSettings, { weightDecay }: Pick<TrainingSettings, 'weightDecay'>): Optimizer => ({
  slots: ['first-moment', 'second-moment'],
  scalars: (learningRate, step) => ({
    learningRate,
    stepSize: learningRate / (1 - beta1 ** step),
    rootCorrection: Math.sqrt(1 - beta2 ** step),
  }),
  update({ weight, slots: [first, second], decays }, lossGradient, { learningRate, stepSize, rootCorrection }) {
    const penalised = decays && weightDecay > 0;
    const gradient = penalised && name === 'adam' ? tf.add(lossGradient, tf.mul(weight, weightDecay)) : lossGradient;
    const newFirst = tf.add(tf.mul(first!, beta1), tf.mul(gradient, 1 - beta1));
    const newSecond = tf.add(tf.mul(second!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const shrunk = penalised && name === 'adamw' ? tf.sub(weight, tf.mul(weight, tf.mul(learningRate!, weightDecay))) : weight;
    const direction = tf.div(newFirst, tf.add(tf.div(tf.sqrt(newSecond), rootCorrection!), epsilon));
    first!.assign(newFirst);
    second!.assign(newSecond);
    weight.assign(tf.sub(shrunk, tf.mul(direction, stepSize!)));
  },
});
