import { tf } from '@espalier/tensor';
import type { LoadedNetwork } from './model.ts';
import type { LearntVariable } from './optimizer.ts';

export interface NamedVariable extends LearntVariable {
  readonly name: string;
}

/** Weight decay is for kernels alone: it has no business with biases, nor with the γ and β of batch normalisation. */
const kernelName = /kernel$/;

/** The weights of a network that are learnt, with zeros for each of the optimizer's slots. */
export function withSlots({ network, model, variables }: LoadedNetwork, slots: readonly string[]): NamedVariable[] {
  const trainable = new Set(model.trainableWeights.map((weight) => weight.originalName));
  return network.weights.flatMap(({ name, shape }, index) =>
    trainable.has(name)
      ? [{ name, weight: variables[index]!, slots: slots.map(() => zeroVariable(shape)), decays: kernelName.test(name) }]
      : [],
  );
}

/** `tidy` frees the tensor that the variable is made from, but no variable. */
const zeroVariable = (shape: readonly number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros([...shape]), false));
/** With data of its own: a recorder takes tensors that share their data for one. */
export const variableWith = (shape: readonly number[], values: Float32Array): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape]), false));
