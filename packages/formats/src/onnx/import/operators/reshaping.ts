import { flatInOnnxOrder } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import { elementCountOf } from '../constant.ts';
import type { TensorValue } from '../value.ts';
import { placedShape, reshaped, through, type View } from '../view.ts';

/** Identity, Dropout in inference without a rate, Cast between floats. */
export const identity = (call: OperatorCall): TensorValue => {
  const { gateOf } = call.tensor(0);
  return { ...call.passed(0), ...(gateOf && { gateOf }) };
};

const mostAxes = 16;

/** The view with ONNX's axes of `shape` (with the batch), whose first one has to stay the batch. */
function toShape(call: OperatorCall, shape: readonly number[]): TensorValue {
  const before = call.shape(call.tensor(0));
  const [batch, ...rest] = shape;
  if (elementCountOf(shape) !== elementCountOf(before) || shape.length > mostAxes)
    throw call.bad(`does not bring [${before.join(', ')}] into the shape [${shape.join(', ')}]`);
  if (batch !== call.batch)
    throw call.unsupported(
      `moves numbers between the batch and other axes: [${before.join(', ')}] becomes [${shape.join(', ')}]`,
      'Keep the batch as the first axis.',
    );
  const { view } = call.tensor(0);
  return call.passed(0, reshaped(view, rest) ?? reshaped(flatInOnnxOrder(call.writer, call.wish, view), rest)!);
}

/** Reshape: 0 copies the axis, −1 takes what is left. */
export function reshape(call: OperatorCall): TensorValue {
  const target = call.integersAt(1, 'shape');
  if (target === undefined) throw call.bad('names no shape');
  const before = call.shape(call.tensor(0));
  const copies = call.integer('allowzero', 0) === 0;
  const shape = target.map((size, axis) => (size === 0 && copies ? (before[axis] ?? 0) : size));
  const known = elementCountOf(shape.filter((size) => size !== -1));
  const open = shape.filter((size) => size === -1).length;
  if (open > 1 || shape.some((size) => !Number.isInteger(size) || size < -1) || (open === 1 && known === 0))
    throw call.bad(`its shape [${target.join(', ')}] is none`);
  return toShape(
    call,
    shape.map((size) => (size === -1 ? elementCountOf(before) / known : size)),
  );
}

/** Flatten from an axis on; everything before it has to be the batch. */
export function flatten(call: OperatorCall): TensorValue {
  const before = call.shape(call.tensor(0));
  const axis = call.integer('axis', 1);
  const from = axis < 0 ? axis + before.length : axis;
  if (from < 0 || from > before.length) throw call.bad(`its axis ${axis} is none of a tensor with ${before.length} axes`);
  return toShape(call, [elementCountOf(before.slice(0, from)), elementCountOf(before.slice(from))]);
}

export function transpose(call: OperatorCall): TensorValue {
  const { view } = call.tensor(0);
  const rank = view.axes.length + 1;
  const order = call.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if ([...order].sort((a, b) => a - b).some((axis, index) => axis !== index) || order.length !== rank)
    throw call.bad(`its perm [${order.join(', ')}] is no order of ${rank} axes`);
  if (order[0] !== 0) throw call.unsupported(`moves the batch: perm is [${order.join(', ')}]`, 'Keep the batch as the first axis.');
  return call.passed(0, { ...view, axes: order.slice(1).map((axis) => view.axes[axis - 1]!) });
}

const withAxes = (view: View, axes: View['axes']): View => ({ ...view, axes });

export function squeeze(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const shape = call.shape(value);
  const axes = call.integersAt(1, 'axes')?.map((axis) => call.axis(axis, shape.length));
  const removed = axes ?? shape.flatMap((size, axis) => (axis > 0 && size === 1 ? [axis] : []));
  if (removed.includes(0)) throw call.unsupported('removes the batch', 'Keep the batch as the first axis.');
  const wide = removed.find((axis) => shape[axis] !== 1);
  if (wide !== undefined) throw call.bad(`removes axis ${wide} of [${shape.join(', ')}], which is not 1`);
  return call.passed(
    0,
    withAxes(
      value.view,
      value.view.axes.filter((_, axis) => !removed.includes(axis + 1)),
    ),
  );
}

export function unsqueeze(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const added = call.integersAt(1, 'axes') ?? [];
  const rank = value.view.axes.length + 1 + added.length;
  const places = new Set(added.map((axis) => call.axis(axis, rank)));
  if (places.has(0)) throw call.unsupported('adds an axis before the batch', 'Keep the batch as the first axis.');
  if (places.size !== added.length || rank > mostAxes) throw call.bad(`adds the axes [${added.join(', ')}]`);
  const rest = [...value.view.axes];
  return call.passed(
    0,
    withAxes(
      value.view,
      Array.from({ length: rank - 1 }, (_, axis) => (places.has(axis + 1) ? [] : rest.shift()!)),
    ),
  );
}

/** Expand that changes nothing, or spreads single pixels over a picture. */
export function expand(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const before = call.shape(value);
  const target = call.integersAt(1, 'shape') ?? [];
  const rank = Math.max(before.length, target.length);
  const sizes = [before, target].map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  if (sizes[0]!.some((size, axis) => size !== 1 && sizes[1]![axis] !== 1 && size !== sizes[1]![axis]))
    throw call.bad(`does not stretch [${before.join(', ')}] to [${target.join(', ')}]`);
  if (rank === before.length && sizes[0]!.every((size, axis) => Math.max(size, sizes[1]![axis]!) === size)) return call.passed(0);
  if (rank !== 4 || before.length !== 4 || before[2] !== 1 || before[3] !== 1 || sizes[1]![0]! > call.batch || sizes[1]![1]! > before[1]!)
    throw call.unsupported(
      `stretches [${before.join(', ')}] to [${target.join(', ')}]`,
      'Only single pixels can be spread over a picture.',
    );
  const { layer, channels } = call.picture(0);
  const size = [Math.max(sizes[1]![2]!, 1), Math.max(sizes[1]![3]!, 1)];
  const made = call.add('UpSampling2D', [layer], [...size, channels], { size, interpolation: 'nearest' });
  return call.made({ layer: made, ...pictureAxes(size[0]!, size[1]!, channels) }, { nonNegative: value.nonNegative });
}

function pictureAxes(height: number, width: number, channels: number): Pick<View, 'places' | 'axes'> {
  const [h, w, c] = [height, width, channels].map((size) => (size === 1 ? [] : [{ size }]));
  return { places: [h!, w!, c!], axes: [c!, h!, w!] };
}

/** Dropout: nothing in inference, but kept for training on. */
export function dropout(call: OperatorCall): TensorValue {
  if (call.has(2) && call.constant(2).values.some((flag) => flag !== 0))
    throw call.unsupported('drops at inference as well (training_mode)', 'Export the network in evaluation mode.');
  if (call.node.outputs.slice(1).some((output) => output !== ''))
    throw call.unsupported('also gives out its mask', 'Export the network in evaluation mode.');
  const rate = call.scalarAt(1, 'ratio', 0.5);
  const value = call.tensor(0);
  if (!(rate > 0 && rate < 1)) return call.passed(0);
  const layer = call.add('Dropout', [value.view.layer], placedShape(value.view), { rate });
  return call.made(through(value.view, layer), { nonNegative: value.nonNegative });
}

export function cast(call: OperatorCall): TensorValue {
  const to = call.integer('to', 1);
  if (![1, 10, 11, 16].includes(to))
    throw call.unsupported('turns the numbers of a tensor into integers', 'Networks compute with floats throughout.');
  if (to !== 1) call.warn(`${call.wish} casts to another precision, which is not done: everything is float32`);
  return call.passed(0);
}
