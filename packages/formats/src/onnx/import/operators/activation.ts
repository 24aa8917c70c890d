import { scaled } from '../affine.ts';
import { channelsLast } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import type { TensorValue } from '../value.ts';
import { placedShape, through } from '../view.ts';

/** A layer that works number by number: it takes its operand however it lies. */
function elementwise(
  call: OperatorCall,
  value: TensorValue,
  type: string,
  config: Readonly<Record<string, unknown>>,
  nonNegative: boolean,
): TensorValue {
  const { view } = value;
  const layer = call.add(type, [view.layer], placedShape(view), config);
  return call.made(through(view, layer), { nonNegative });
}

const activation = (call: OperatorCall, value: TensorValue, name: string, nonNegative = false): TensorValue =>
  elementwise(call, value, 'Activation', { activation: name }, nonNegative);

/** An activation without settings. */
export const plainActivation =
  (name: string, nonNegative = false) =>
  (call: OperatorCall): TensorValue =>
    activation(call, call.tensor(0), name, nonNegative);

export function sigmoid(call: OperatorCall): TensorValue {
  const source = call.tensor(0);
  return { ...activation(call, source, 'sigmoid', true), gateOf: { source, gate: 'sigmoid' } };
}

export function gelu(call: OperatorCall): TensorValue {
  const approximation = call.text('approximate', 'none');
  if (approximation !== 'none' && approximation !== 'tanh') throw call.bad(`its approximate is ${approximation}, which ONNX does not know`);
  return activation(call, call.tensor(0), approximation === 'none' ? 'gelu' : 'gelu_new');
}

export const leakyRelu = (call: OperatorCall): TensorValue =>
  elementwise(call, call.tensor(0), 'LeakyReLU', { alpha: call.float('alpha', Math.fround(0.01)) }, false);

export function elu(call: OperatorCall): TensorValue {
  const alpha = call.float('alpha', 1);
  return alpha === 1 ? activation(call, call.tensor(0), 'elu') : elementwise(call, call.tensor(0), 'ELU', { alpha }, false);
}

export function thresholdedRelu(call: OperatorCall): TensorValue {
  const theta = call.float('alpha', 1);
  return elementwise(call, call.tensor(0), 'ThresholdedReLU', { theta }, theta >= 0);
}

/** TF.js's selu has the constants of Klambauer et al. 2017 built in. */
export function selu(call: OperatorCall): TensorValue {
  const near = (value: number, expected: number) => Math.abs(value - expected) < 1e-6;
  if (
    !near(call.float('alpha', 1.6732632423543772), 1.6732632423543772) ||
    !near(call.float('gamma', 1.0507009873554805), 1.0507009873554805)
  )
    throw call.unsupported('sets α or γ of its own', 'Use the constants of the paper.');
  return activation(call, call.tensor(0), 'selu');
}

/** Numbers from here on are ONNX's way to say "no bound". */
const unbounded = 3.4e38;

/** Clip: a rectifier with a ceiling where it begins at 0, otherwise one between two shifts. */
export function clip(call: OperatorCall): TensorValue {
  const low = call.scalarAt(1, 'min', -Infinity);
  const high = call.scalarAt(2, 'max', Infinity);
  const value = call.tensor(0);
  const hasLow = low > -unbounded;
  const hasHigh = high < unbounded;
  if (Number.isNaN(low) || Number.isNaN(high) || low > high) throw call.bad(`clips to the empty range from ${low} to ${high}`);
  if (!hasLow && !hasHigh) return call.passed(0);
  if (!hasHigh) return shiftedBy(call, value, low, (shifted) => activation(call, shifted, 'relu', true));
  if (hasLow) return shiftedBy(call, value, low, (shifted) => ceiling(call, shifted, high - low));
  const flipped = scaled(call, value, value.view, { scale: -1, shift: high }, call.readsOf(0) === 1);
  const rectified = activation(call, flipped, 'relu', true);
  return scaled(call, rectified, rectified.view, { scale: -1, shift: high }, true);
}

function ceiling(call: OperatorCall, value: TensorValue, height: number): TensorValue {
  if (height === 6) return activation(call, value, 'relu6', true);
  return elementwise(call, value, 'ReLU', { max_value: height }, true);
}

function shiftedBy(call: OperatorCall, value: TensorValue, low: number, rectify: (shifted: TensorValue) => TensorValue): TensorValue {
  if (low === 0) return rectify(value);
  const shifted = scaled(call, value, value.view, { scale: 1, shift: -low }, call.readsOf(0) === 1);
  const rectified = rectify(shifted);
  return { ...scaled(call, rectified, rectified.view, { scale: 1, shift: low }, true), nonNegative: low >= 0 };
}

const isClose = (value: number, expected: number): boolean => Math.abs(value - expected) < 1e-6;

/**
 * HardSigmoid: min(max(α·x + β, 0), 1). α = 0.2 is TF.js's own, α = 1/6 that of PyTorch and MobileNetV3; any other is relu6 between two scalings:
 * relu6(6α·x + 6β)/6.
 */
export function hardSigmoid(call: OperatorCall): TensorValue {
  const alpha = call.float('alpha', 0.2);
  const beta = call.float('beta', 0.5);
  const source = call.tensor(0);
  if (isClose(alpha, 0.2) && isClose(beta, 0.5)) return activation(call, source, 'hard_sigmoid', true);
  if (isClose(alpha, 1 / 6) && isClose(beta, 0.5))
    return { ...activation(call, source, 'hard_sigmoid_sixth', true), gateOf: { source, gate: 'hard_sigmoid_sixth' } };
  const before = scaled(call, source, source.view, { scale: 6 * alpha, shift: 6 * beta }, call.readsOf(0) === 1);
  const rectified = activation(call, before, 'relu6', true);
  return { ...scaled(call, rectified, rectified.view, { scale: 1 / 6, shift: 0 }, true), nonNegative: true };
}

export const hardSwish = plainActivation('hard_swish');

/** Softmax and LogSoftmax over one axis. Before opset 13 they took all axes from `axis` on as one. */
export const softmax =
  (name: 'softmax' | 'log_softmax') =>
  (call: OperatorCall): TensorValue => {
    const { view } = call.tensor(0);
    const shape = call.shape(call.tensor(0));
    const axis = call.axis(call.integer('axis', call.opset < 13 ? 1 : -1), shape.length);
    if (axis === 0) throw call.unsupported('shares among the pictures of a batch', 'Use an axis from 1 on.');
    if (call.opset < 13 && shape.slice(axis + 1).some((size) => size > 1))
      throw call.unsupported(`is a softmax over the axes from ${axis} on`, 'Export the network for opset 13 or newer.');
    const wanted = channelsLast(call.writer, call.wish, view, axis - 1);
    const layer = call.add('Activation', [wanted.layer], placedShape(wanted), { activation: name });
    return call.made(through(wanted, layer), { nonNegative: name === 'softmax' });
  };
