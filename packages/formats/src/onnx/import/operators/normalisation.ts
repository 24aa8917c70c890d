import { alongChannels, at, channelOperand } from '../affine.ts';
import { channelsLast } from '../arrange.ts';
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
  // Numbers that all differ decide how the channels have to lie: a vector of ones would fit anyhow. The four are then read the same way.
  const spread = (name: string, values: Float32Array) =>
    ({ kind: 'constant', name, type: 'float', shape: [channels, ...shape.slice(2).map(() => 1)], values }) as const;
  const { view } = channelOperand(
    call,
    value,
    spread(
      call.node.inputs[1] ?? '',
      Float32Array.from({ length: channels }, (_, c) => c),
    ),
  );
  const places = placedShape(view);
  const width = places.at(-1)!;
  const weight = (role: string, index: number) => {
    const numbers = alongChannels(call, view, spread(call.node.inputs[index] ?? '', vector(index)))!;
    return { role, shape: [width], values: Float32Array.from({ length: width }, (_, channel) => at(numbers, channel)) };
  };
  const weights = [weight('gamma', 1), weight('beta', 2), weight('moving_mean', 3), weight('moving_variance', 4)];
  if (weights[3]!.values.some((number) => number < 0)) throw call.bad(`its variance ${call.node.inputs[4]} is negative`);
  const layer = call.add(
    'BatchNormalization',
    [view.layer],
    places,
    { axis: -1, epsilon: call.float('epsilon', 1e-5), momentum: call.float('momentum', 0.9), center: true, scale: true },
    weights,
  );
  return call.made(through(view, layer));
}

/** LpNormalization by the Euclidean length, over any one axis; a scale that is multiplied in behind it becomes the layer's own. */
export function lpNormalisation(call: OperatorCall): TensorValue {
  if (call.integer('p', 2) !== 2) throw call.unsupported('normalises by another length than the Euclidean', 'Use p = 2.');
  const value = call.tensor(0);
  const axis = call.axis(call.integer('axis', -1), call.shape(value).length);
  if (axis === 0) throw call.unsupported('normalises along the pictures of a batch', 'Use an axis from 1 on.');
  if (call.has(1)) refuseStretching(call, [...call.constant(1).values], call.shape(value));
  const view = channelsLast(call.writer, call.wish, value.view, axis - 1);
  const places = placedShape(view);
  const scale = { role: 'scale', shape: [places.at(-1)!], values: new Float32Array(places.at(-1)!).fill(1) };
  return call.made(through(view, call.add('L2Normalization', [view.layer], places, {}, [scale])));
}

/** A spelled-out normalisation may name a shape for its norms, which must be no larger than what is divided by them. */
function refuseStretching(call: OperatorCall, target: readonly number[], shape: readonly number[]): void {
  const offset = shape.length - target.length;
  if (offset < 0 || target.some((size, axis) => size !== 1 && size !== shape[axis + offset]))
    throw call.unsupported(`stretches [${shape.join(', ')}] to [${target.join(', ')}]`, 'Divide a tensor by its own norms.');
}
