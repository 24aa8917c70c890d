import { flattened, inLayerOrder } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import { placedShape, placesOf, shapeOf, type View } from '../view.ts';
import type { TensorValue } from '../value.ts';
import { pictureView } from '../view.ts';
import { subsampled } from '../windows.ts';

/** `count` indices from `start` in steps of `step` along an axis. */
interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

const indicesOf = ({ start, step, count }: Range): number[] => Array.from({ length: count }, (_, index) => start + index * step);

/** Slice over any axes but the batch. */
export function slice(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const shape = call.shape(value);
  const starts = call.integersAt(1, 'starts') ?? [];
  const ends = call.integersAt(2, 'ends') ?? [];
  const axes = call.integersAt(3, 'axes') ?? starts.map((_, axis) => axis);
  const steps = call.integersAt(4, 'steps') ?? starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    throw call.bad('its starts, ends, axes and steps are not equally many');
  const places = axes.map((axis) => call.axis(axis, shape.length));
  if (new Set(places).size !== places.length) throw call.bad(`slices an axis twice: [${axes.join(', ')}]`);
  let result = call.passed(0);
  places.forEach((axis, index) => {
    const range = rangeOf(call, starts[index]!, ends[index]!, steps[index]!, shape[axis]!);
    if (range.start === 0 && range.step === 1 && range.count === shape[axis]) return;
    if (axis === 0) throw call.unsupported('takes pictures out of a batch', 'Slice axes from 1 on.');
    result = { ...taken(call, result.view, axis - 1, range), nonNegative: value.nonNegative };
  });
  return result;
}

/** ONNX clamps starts and ends into the axis, and counts negative ones from the end. */
function rangeOf(call: OperatorCall, start: number, end: number, step: number, size: number): Range {
  if (!Number.isInteger(step) || step === 0) throw call.bad(`its step is ${step}`);
  const clamp = (index: number, low: number, high: number) => Math.min(Math.max(index < 0 ? index + size : index, low), high);
  const first = clamp(start, 0, step > 0 ? size : size - 1);
  const last = clamp(end, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
  const count = Math.max(0, Math.ceil((last - first) / step));
  if (!(count > 0)) throw call.bad(`takes nothing: from ${start} to ${end} of ${size}`);
  return { start: first, step, count };
}

/** Split, in given or equal parts. */
export function split(call: OperatorCall): TensorValue[] {
  const value = call.tensor(0);
  const shape = call.shape(value);
  const axis = call.axis(call.integer('axis', 0), shape.length);
  if (axis === 0) throw call.unsupported('splits the batch', 'Use an axis from 1 on.');
  const parts = call.node.outputs.length;
  const chunk = Math.ceil(shape[axis]! / parts);
  const given = call.integersAt(1, 'split') ?? Array.from({ length: parts }, (_, part) => Math.min(chunk, shape[axis]! - part * chunk));
  if (given.length !== parts || given.some((count) => count < 1) || given.reduce((total, count) => total + count, 0) !== shape[axis])
    throw call.bad(`splits ${shape[axis]} into ${given.join(' + ')} for ${parts} outputs`);
  let start = 0;
  return given.map((count) => {
    const part = { ...taken(call, value.view, axis - 1, { start, step: 1, count }), nonNegative: value.nonNegative };
    start += count;
    return part;
  });
}

/** Gather with known indices: a list keeps the axis, a single index removes it. */
export function gather(call: OperatorCall): TensorValue {
  const value = call.tensor(0);
  const shape = call.shape(value);
  const indices = call.constant(1);
  const axis = call.axis(call.integer('axis', 0), shape.length);
  if (axis === 0) throw call.unsupported('takes pictures out of a batch', 'Index axes from 1 on.');
  if (indices.shape.length > 1)
    throw call.unsupported(`gathers by indices of shape [${indices.shape.join(', ')}]`, 'Use a list of indices.');
  const chosen = [...indices.values].map((index) => (index < 0 ? index + shape[axis]! : index));
  const outside = chosen.find((index) => !Number.isInteger(index) || index < 0 || index >= shape[axis]!);
  if (chosen.length === 0 || outside !== undefined) throw call.bad(`gathers ${outside ?? 'nothing'} of ${shape[axis]}`);
  const step = chosen.length > 1 ? chosen[1]! - chosen[0]! : 1;
  const isRange = step > 0 && chosen.every((index, place) => index === chosen[0]! + place * step);
  const part = isRange
    ? taken(call, value.view, axis - 1, { start: chosen[0]!, step, count: chosen.length })
    : { ...call.made(selected(call, value.view, axis - 1, chosen)) };
  const { view } = part;
  return {
    ...part,
    nonNegative: value.nonNegative,
    view: indices.shape.length === 0 ? { ...view, axes: view.axes.filter((_, index) => index !== axis - 1) } : view,
  };
}

/** Part of one axis (counted without the batch): pixels are cropped or skipped, channels are selected. */
function taken(call: OperatorCall, view: View, axis: number, range: Range): TensorValue {
  if (view.axes.length === 3 && axis > 0 && range.step > 0) {
    const arranged = inLayerOrder(call.writer, call.wish, view);
    const [height, width, channels] = placedShape(arranged) as [number, number, number];
    const alongHeight = axis === 1;
    const made = subsampled(
      call,
      { layer: arranged.layer, height, width, channels },
      alongHeight ? [range.step, 1] : [1, range.step],
      alongHeight ? [range.start, 0] : [0, range.start],
      alongHeight ? [range.count, width] : [height, range.count],
    );
    return call.made(pictureView(made.layer, [made.height, made.width, channels]));
  }
  call.writer.budget.spend(range.count, call.wish);
  return call.made(selected(call, view, axis, indicesOf(range)));
}

/** Entries of an axis that is, or can be made, the last one of the layer's output. */
function selected(call: OperatorCall, view: View, axis: number, indices: readonly number[]): View {
  call.writer.budget.spend(indices.length, call.wish);
  const source = view.axes.length === 1 ? flattened(call.writer, call.wish, view) : view;
  const wanted = source.axes[axis]!;
  const last = source.places.at(-1) ?? [];
  const isLast = last.length === wanted.length && last.every((atom) => wanted.includes(atom));
  const ready = isLast ? source : inLayerOrder(call.writer, call.wish, view);
  const held = ready.places.at(-1) ?? [];
  const channelAxis = ready.axes[axis]!;
  if (channelAxis.length !== held.length || !held.every((atom) => channelAxis.includes(atom)))
    throw call.unsupported(
      `takes part of axis ${axis + 1} of [N, ${shapeOf(view).join(', ')}]`,
      'Only pixels and channels of pictures, and the last axis of other tensors, can be sliced.',
    );
  const places = placesOf(channelAxis, held);
  const channels = indices.map((index) => places[index]!);
  const shape = [...placedShape(ready).slice(0, -1), channels.length];
  const layer = call.add('ChannelSelection', [ready.layer], shape, { channels });
  const made = channels.length === 1 ? [] : [{ size: channels.length }];
  return {
    layer,
    places: [...ready.places.slice(0, -1), made],
    axes: ready.axes.map((other, index) => (index === axis ? made : other)),
  };
}
