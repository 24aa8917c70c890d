import type { TrainingSettings } from '@espalier/core';
import { tf } from '@espalier/tensor';

/** A weight that is learnt, with its momentum. */
export interface LearntVariable {
  readonly weight: tf.Variable;
  readonly velocity: tf.Variable;
  /** Kernels are kept small by weight decay; biases, γ and β are not. */
  readonly decays: boolean;
}

export type SgdSettings = Pick<TrainingSettings, 'momentum' | 'nesterov' | 'weightDecay'>;

/**
 * One step of stochastic gradient descent with momentum μ and weight decay λ, as the pruning papers' code does it (Sutskever et al. 2013
 * in the form in which the rate multiplies the velocity last):
 *
 *   g ← ∇L + λ·w,  v ← μ·v + g,  w ← w − η·v,  or with Nesterov's look ahead  w ← w − η·(g + μ·v)
 *
 * `gradients` are by the weight's name; `learningRate` is a scalar tensor, so that one recorded step serves every rate.
 */
export function descend(
  learnt: readonly LearntVariable[],
  gradients: Readonly<Record<string, tf.Tensor>>,
  learningRate: tf.Scalar,
  { momentum, nesterov, weightDecay }: SgdSettings,
): void {
  tf.tidy(() => {
    for (const { weight, velocity, decays } of learnt) {
      const lossGradient = gradients[weight.name];
      if (lossGradient === undefined) throw new Error(`the loss has no gradient for ${weight.name}`);
      const gradient = decays && weightDecay > 0 ? tf.add(lossGradient, tf.mul(weight, weightDecay)) : lossGradient;
      const newVelocity = tf.add(tf.mul(velocity, momentum), gradient);
      const direction = nesterov ? tf.add(gradient, tf.mul(newVelocity, momentum)) : newVelocity;
      velocity.assign(newVelocity);
      weight.assign(tf.sub(weight, tf.mul(direction, learningRate)));
    }
  });
}
