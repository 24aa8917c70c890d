import { nativeBackend } from '../backend/native.ts';
import { updateInPlace } from '../compiled/in-place.ts';
import { tf } from '../tf.ts';

export interface MomentumUpdate {
  readonly weight: tf.Variable;
  /** Of the weight's shape. */
  readonly velocity: tf.Variable;
  readonly gradient: tf.Tensor;
  /** A scalar. */
  readonly learningRate: tf.Tensor;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * One step of gradient descent with momentum μ at a rate η: v ← μ·v + g, then w ← w − η·v, or with Nesterov's look ahead w ← w − (η·g + η·(μ·v)).
 *
 * A compiled step does it by TensorFlow's `ResourceApplyMomentum`, which goes through the memory of a weight once instead of five times; operation by
 * operation it is computed in the same order of roundings.
 */
export function applyMomentum(update: MomentumUpdate): void {
  const { weight, velocity, gradient, learningRate, momentum, nesterov } = update;
  const composed = (): void => {
    tf.tidy(() => {
      const moved = tf.add(tf.mul(velocity as tf.Tensor, momentum), gradient);
      const step = nesterov
        ? tf.add(tf.mul(gradient, learningRate), tf.mul(tf.mul(moved, momentum), learningRate))
        : tf.mul(moved, learningRate);
      velocity.assign(moved);
      weight.assign(tf.sub(weight as tf.Tensor, step));
    });
  };
  const binding = nativeBackend()?.binding;
  if (binding === undefined) return composed();
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'use_locking', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'use_nesterov', type: binding.TF_ATTR_BOOL, value: nesterov },
  ];
  tf.tidy(() =>
    updateInPlace({
      operation: 'ResourceApplyMomentum',
      attributes,
      variables: [weight, velocity],
      inputs: [learningRate, gradient, tf.scalar(momentum)],
      composed,
    }),
  );
}
