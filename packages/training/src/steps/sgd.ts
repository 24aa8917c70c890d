import type { TrainingSettings } from '@espalier/core';
import { applyMomentum, tf } from '@espalier/tensor';
import type { Optimizer } from './optimizer.ts';

export type SgdSettings = Pick<TrainingSettings, 'momentum' | 'nesterov' | 'weightDecay'>;

/**
 * Stochastic gradient descent with momentum μ and weight decay λ, as the pruning papers' code does it (Sutskever et al. 2013 in the form in which the rate
 * multiplies the velocity last):
 *
 *   g ← ∇L + λ·w,  v ← μ·v + g,  w ← w − η·v,  or with Nesterov's look ahead  w ← w − η·(g + μ·v)
 */
export const sgd = ({ momentum, nesterov, weightDecay }: SgdSettings): Optimizer => ({
  slots: ['velocity'],
  scalars: (learningRate) => ({ learningRate }),
  update({ weight, slots: [velocity], decays }, lossGradient, { learningRate }) {
    const gradient = decays && weightDecay > 0 ? tf.add(lossGradient, tf.mul(weight, weightDecay)) : lossGradient;
    applyMomentum({ weight, velocity: velocity!, gradient, learningRate: learningRate!, momentum, nesterov });
  },
});
