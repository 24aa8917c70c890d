import { type tf } from '../tf.ts';

/** A layer's weight as TF.js keeps it. `originalName` is `layer/role`; `name` may carry a number that makes it unique in the process. */
export type LayerWeight = tf.LayersModel['weights'][number];

/** The tf.Variable behind a layer's weight, which `read()` returns, though it is typed as a plain tensor. */
export function variableOf(weight: LayerWeight): tf.Variable {
  return weight.read() as tf.Variable;
}

/** The variables of all weights of `model`, in the order of `model.weights`: trainable ones first, then moving statistics. */
export function variablesOf(model: tf.LayersModel): tf.Variable[] {
  return model.weights.map(variableOf);
}
