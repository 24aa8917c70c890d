import { type Affine, channelOperand, type PerChannel, scaled } from '../affine.ts';
import { inLayerOrder } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import type { Constant } from '../constant.ts';
import { refuseNotFinite } from '../call.ts';
import { gatedActivations, type TensorValue, type Value } from '../value.ts';
import { arrangement, placedShape, shapeOf, through, viewOf } from '../view.ts';

/** What an operator does with a tensor x and a constant c: scale and shift. */
type WithConstant = (c: PerChannel) => Affine;

const each = (numbers: PerChannel, change: (number: number) => number): PerChannel =>
  typeof numbers === 'number' ? Math.fround(change(numbers)) : numbers.map(change);

/** The affine map of one constant on the tensor at operand `index`. */
function affine(call: OperatorCall, index: number, constant: Constant, make: WithConstant): TensorValue {
  const value = call.tensor(index);
  if (constant.type !== 'float') throw call.bad(`computes with ${constant.name}, which holds ${constant.type}s`);
  const { view, numbers } = channelOperand(call, value, constant);
  refuseNotFinite(constant.name, typeof numbers === 'number' ? Float32Array.of(numbers) : numbers);
  return scaled(call, value, view, make(numbers), call.readsOf(index) === 1);
}

export function add(call: OperatorCall): TensorValue {
  const [a, b] = operandsOf(call);
  if (b.kind === 'constant') return affine(call, 0, b, (c) => ({ scale: 1, shift: c }));
  if (a.kind === 'constant') return affine(call, 1, a, (c) => ({ scale: 1, shift: c }));
  return merged(call, 'Add', [a, b]);
}

export function subtract(call: OperatorCall): TensorValue {
  const [a, b] = operandsOf(call);
  if (b.kind === 'constant') return affine(call, 0, b, (c) => ({ scale: 1, shift: each(c, (number) => -number) }));
  if (a.kind === 'constant') return affine(call, 1, a, (c) => ({ scale: -1, shift: c }));
  return { ...merged(call, 'Subtract', [a, b]), nonNegative: false };
}

export function multiply(call: OperatorCall): TensorValue {
  const [a, b] = operandsOf(call);
  if (b.kind === 'constant') return affine(call, 0, b, (c) => ({ scale: c, shift: 0 }));
  if (a.kind === 'constant') return affine(call, 1, a, (c) => ({ scale: c, shift: 0 }));
  const gate = a.gateOf?.source === b ? a.gateOf.gate : b.gateOf?.source === a ? b.gateOf.gate : null;
  if (gate !== null) {
    const source = a.gateOf?.source === b ? b : a;
    const layer = call.add('Activation', [source.view.layer], placedShape(source.view), {
      activation: gatedActivations[gate],
    });
    return call.made(through(source.view, layer));
  }
  return merged(call, 'Multiply', [a, b]);
}

export function divide(call: OperatorCall): TensorValue {
  const [a, b] = operandsOf(call);
  if (b.kind === 'constant' && a.kind === 'tensor') {
    if (b.values.includes(0)) throw call.bad(`divides by ${b.name}, which holds a zero`);
    return affine(call, 0, b, (c) => ({ scale: each(c, (number) => 1 / number), shift: 0 }));
  }
  throw call.unsupported('divides by a tensor that depends on the input', 'Only division by constants is a layer.');
}

export function negate(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  return scaled(call, value, value.view, { scale: -1, shift: 0 }, call.readsOf(0) === 1);
}

/** Sum, Mean, Max and Min of any number of tensors. */
export const variadic =
  (type: 'Add' | 'Average' | 'Maximum' | 'Minimum') =>
  (call: OperatorCall): TensorValue => {
    const values = call.operands();
    const tensors = values.filter((value) => value.kind === 'tensor');
    if (tensors.length < values.length) return withBound(call, type, values);
    return tensors.length === 1 ? call.passed(0) : merged(call, type, tensors);
  };

/** max(x, 0) is how some write a rectifier. */
function withBound(call: OperatorCall, type: string, values: readonly Value[]): TensorValue {
  const constant = values.find((value) => value.kind === 'constant');
  const tensor = values.find((value) => value.kind === 'tensor');
  if (
    values.length !== 2 ||
    type !== 'Maximum' ||
    tensor === undefined ||
    constant === undefined ||
    constant.values.some((value) => value !== 0)
  )
    throw call.unsupported('compares or sums with a constant', 'Use Relu or Clip for bounds, and Add for shifts.');
  const layer = call.add('Activation', [tensor.view.layer], placedShape(tensor.view), { activation: 'relu' });
  return call.made(through(tensor.view, layer), { nonNegative: true });
}

function operandsOf(call: OperatorCall): readonly [Value, Value] {
  return [call.value(0), call.value(1)];
}

/** Place by place, with axes of length 1 stretched as ONNX does it. */
function merged(call: OperatorCall, type: string, tensors: readonly TensorValue[]): TensorValue {
  const nonNegative = tensors.every((tensor) => tensor.nonNegative);
  const [first] = tensors;
  const alike = arrangement(first!.view);
  if (alike !== null && tensors.every(({ view }) => arrangement(view) === alike)) {
    const layer = call.add(
      type,
      tensors.map(({ view }) => view.layer),
      placedShape(first!.view),
    );
    return call.made(through(first!.view, layer), { nonNegative });
  }
  const rank = first!.view.axes.length;
  if (rank === 0 || tensors.some(({ view }) => view.axes.length !== rank))
    throw call.unsupported(
      `joins tensors of shapes ${tensors.map(({ view }) => `[N, ${shapeOf(view).join(', ')}]`).join(' and ')}`,
      'Give them equally many axes.',
    );
  const arranged = tensors.map(({ view }) => inLayerOrder(call.writer, call.wish, view));
  const shapes = arranged.map(placedShape);
  const shape = shapes[0]!.map((_, axis) => {
    const size = Math.max(...shapes.map((other) => other[axis]!));
    if (shapes.some((other) => other[axis] !== size && other[axis] !== 1))
      throw call.bad(`its operands ${tensors.map(({ view }) => `[N, ${shapeOf(view).join(', ')}]`).join(' and ')} do not fit together`);
    return size;
  });
  const layer = call.add(
    type,
    arranged.map((view) => view.layer),
    shape,
  );
  const axes = rank === 3 ? [2, 0, 1] : shape.map((_, axis) => axis);
  return call.made(viewOf(layer, shape, axes), { nonNegative });
}
