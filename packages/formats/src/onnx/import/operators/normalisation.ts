import { channelOperand, at } from '../affine.ts';
import type { OperatorCall } from '../call.ts';
import type { TensorValue } from '../value.ts';
import { placedShape, through } from '../view.ts';

/** BatchNormalization as it is applied: γ·(x − mean)/√(variance + ε) + β, channel by channel. */
export function batchNormalisation(call: OperatorCall): TensorValue {
  const hint = 'Export the network in evaluation mode: model.eval(), and training=TrainingMode.EVAL.';
  if (call.integer('training_mode', 0) !== 0 || call.node.outputs.slice(1).some((output) => output !== ''))
    throw call.unsupported('normalises by the batch, as in training', hint);
  const value = call.tensor(0);
  const shape = call.shape(value);
  const channels = shape[1];
  if (channels === undefined) throw call.bad('normalises a tensor without channels');
  const vector = (index: number): Float32Array => {
    const constant = call.weights(index);
    if (constant.values.length !== channels)
      throw call.bad(`its operand ${constant.name} has ${constant.values.length} numbers for ${channels} channels`);
    return constant.values;
  };
  // One vector decides how the channels have to lie; the others are read the same way.
  const spread = [channels, ...shape.slice(2).map(() => 1)];
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => {
    const { view, numbers } = channelOperand(call, value, {
      kind: 'constant',
      name: call.node.inputs[index] ?? '',
      type: 'float',
      shape: spread,
      values: vector(index),
    });
    return { view, numbers };
  });
  const places = placedShape(gamma!.view);
  const width = places.at(-1)!;
  const weight = (role: string, { numbers }: NonNullable<typeof gamma>) => ({
    role,
    shape: [width],
    values: Float32Array.from({ length: width }, (_, channel) => at(numbers, channel)),
  });
  const weights = [weight('gamma', gamma!), weight('beta', beta!), weight('moving_mean', mean!), weight('moving_variance', variance!)];
  if (weights[3]!.values.some((number) => number < 0)) throw call.bad(`its variance ${call.node.inputs[4]} is negative`);
  const layer = call.add(
    'BatchNormalization',
    [gamma!.view.layer],
    places,
    { axis: -1, epsilon: call.float('epsilon', 1e-5), momentum: call.float('momentum', 0.9), center: true, scale: true },
    weights,
  );
  return call.made(through(gamma!.view, layer));
}
