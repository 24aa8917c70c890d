import { alongChannels, at } from '../affine.ts';
import { inLayerOrder } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import { type Constant, stridesOf } from '../constant.ts';
import type { TensorValue } from '../value.ts';
import { placedShape, shapeOf, through } from '../view.ts';

/** PRelu with a slope for all, for each channel, or for each place. */
export function prelu(call: OperatorCall): TensorValue {
  const { view } = call.tensor(0);
  const slope = call.weights(1);
  const numbers = alongChannels(call, view, slope);
  if (numbers === null) return preluOfPlaces(call, slope);
  const shape = placedShape(view);
  const alpha = shape.map((size, axis) => (axis === shape.length - 1 ? size : 1));
  const slopes = Float32Array.from({ length: shape.at(-1) ?? 1 }, (_, channel) => at(numbers, channel));
  const layer = call.add('PReLU', [view.layer], shape, { shared_axes: shape.slice(0, -1).map((_, axis) => axis + 1) }, [
    { role: 'alpha', shape: alpha, values: slopes },
  ]);
  return call.made(through(view, layer));
}

/** The slopes lie as a tensor of their shape would: those of pictures [C, H, W] as [H, W, C]. */
function preluOfPlaces(call: OperatorCall, slope: Constant): TensorValue {
  const view = inLayerOrder(call.writer, call.wish, call.tensor(0).view);
  const sizes = spreadSizes(call, slope, shapeOf(view));
  const order = sizes.length === 3 ? [1, 2, 0] : [...sizes.keys()];
  const alpha = order.map((axis) => sizes[axis]!);
  const strides = stridesOf(sizes);
  let sources = [0];
  for (const axis of order)
    sources = sources.flatMap((source) => Array.from({ length: sizes[axis]! }, (_, index) => source + strides[axis]! * index));
  const shape = placedShape(view);
  const shared = alpha.flatMap((size, axis) => (size === 1 && shape[axis] !== 1 ? [axis + 1] : []));
  const layer = call.add('PReLU', [view.layer], shape, shared.length === 0 ? {} : { shared_axes: shared }, [
    { role: 'alpha', shape: alpha, values: Float32Array.from(sources, (source) => slope.values[source]!) },
  ]);
  return call.made(through(view, layer));
}

/** The slopes' shape with as many axes as the tensor has behind the batch, each of its length or of one. */
function spreadSizes(call: OperatorCall, slope: Constant, shape: readonly number[]): number[] {
  const surplus = slope.shape.slice(0, Math.max(0, slope.shape.length - shape.length));
  const own = slope.shape.slice(surplus.length);
  const sizes = [...Array<number>(shape.length - own.length).fill(1), ...own];
  if (surplus.some((size) => size !== 1) || sizes.some((size, axis) => size !== 1 && size !== shape[axis]))
    throw call.bad(`its slopes ${slope.name} of shape [${slope.shape.join(', ')}] do not spread over [N, ${shape.join(', ')}]`);
  return sizes;
}
