import type { TrainingSettings } from '@espalier/core';
import { tf } from '@espalier/tensor';
import { adam } from './adam.ts';
import { sumOf } from './loss.ts';
import { sgd } from './sgd.ts';

/** A weight that is learnt, with what its optimizer remembers of it. */
export interface LearntVariable {
  readonly weight: tf.Variable;
  /** One for each of the optimizer's `slots`, of the weight's shape. */
  readonly slots: readonly tf.Variable[];
  /** Kernels are kept small by weight decay; biases, γ and β are not. */
  readonly decays: boolean;
  /** Whether it is the γ of a normalisation, which the setting `sparsity` draws to zero. */
  readonly isGamma?: boolean;
}

/** How weights follow their gradients. What changes from step to step comes in as `scalars`, so that one recorded step serves all of them. */
export interface Optimizer {
  /** What is remembered of each weight, all zero at first. */
  readonly slots: readonly string[];
  /** The scalars of step `step` (counted from 1) at a learning rate, by name; always the same names. */
  scalars(learningRate: number, step: number): Readonly<Record<string, number>>;
  /** One step of one weight. `gradient` is that of the loss. */
  update(learnt: LearntVariable, gradient: tf.Tensor, scalars: Readonly<Record<string, tf.Tensor>>): void;
}

export function optimizerOf(settings: TrainingSettings): Optimizer {
  const { optimizer } = settings;
  return optimizer.name === 'sgd' ? sgd(settings) : adam(optimizer, settings);
}

/**
 * One step of all weights. `gradients` are by the weight's name; with `clipNorm` they are scaled down together to that norm where theirs is larger
 * (Pascanu, Mikolov and Bengio 2013). With `sparsity` the subgradient weight·sign(γ) of the L1 penalty is added to that of every γ, after the clipping (Liu et
 * al. 2017).
 */
export function descend(
  optimizer: Optimizer,
  learnt: readonly LearntVariable[],
  gradients: Readonly<Record<string, tf.Tensor>>,
  scalars: Readonly<Record<string, tf.Tensor>>,
  { clipNorm, sparsity }: Pick<TrainingSettings, 'clipNorm' | 'sparsity'>,
): void {
  tf.tidy(() => {
    const ofLoss = learnt.map(({ weight }) => {
      const gradient = gradients[weight.name];
      if (gradient === undefined) throw new Error(`the loss has no gradient for ${weight.name}`);
      return gradient;
    });
    const followed = clipNorm === null ? ofLoss : clipped(ofLoss, clipNorm);
    learnt.forEach((variable, index) => {
      const gradient = followed[index]!;
      const isDrawn = sparsity !== null && variable.isGamma === true;
      optimizer.update(variable, isDrawn ? tf.add(gradient, tf.mul(sparsity.weight, tf.sign(variable.weight))) : gradient, scalars);
    });
  });
}

function clipped(gradients: readonly tf.Tensor[], largestNorm: number): tf.Tensor[] {
  const norm = tf.sqrt(sumOf(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
  // The tiny addend keeps a gradient of nothing but zeros from dividing by zero.
  const factor = tf.minimum(tf.div(largestNorm, tf.add(norm, 1e-6)), 1);
  return gradients.map((gradient) => tf.mul(gradient, factor));
}
