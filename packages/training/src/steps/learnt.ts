import { tf } from '@espalier/tensor';
import type { LoadedNetwork } from './model.ts';
import type { LearntVariable } from './optimizer.ts';

/** A variable that is learnt, under the name by which checkpoints know it. */
export interface Learnable extends Omit<LearntVariable, 'slots'> {
  readonly name: string;
}

/** Weight decay is for kernels alone: it has no business with biases, nor with the γ and β of batch normalisation. */
const kernelName = /kernel$/;
const gammaName = /\/gamma$/;

/** The weights of a network that are learnt, in its order. */
export function learnableWeights({ network, model, variables }: LoadedNetwork): Learnable[] {
  const trainable = new Set(model.trainableWeights.map((weight) => weight.originalName));
  return network.weights.flatMap(({ name }, index) =>
    trainable.has(name) ? [{ name, weight: variables[index]!, decays: kernelName.test(name), isGamma: gammaName.test(name) }] : [],
  );
}

/** With zeros for each of the optimizer's slots. */
export const withSlots = (learnable: readonly Learnable[], slots: readonly string[]): (Learnable & LearntVariable)[] =>
  learnable.map((given) => ({ ...given, slots: slots.map(() => variableWith(given.weight.shape)) }));

/**
 * A variable with data of its own: a recorder takes tensors that share their data for one.
 * @param values left out: zeros.
 */
export function variableWith(shape: readonly number[], values?: Float32Array, { trainable = false } = {}): tf.Variable {
  // `tidy` frees the tensor that the variable is made from, but no variable.
  return tf.tidy(() => tf.variable(values === undefined ? tf.zeros([...shape]) : tf.tensor(values.slice(), [...shape]), trainable));
}
