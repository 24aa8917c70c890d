import { flattened, inLayerOrder } from '../arrange.ts';
import type { OperatorCall } from '../call.ts';
import type { TensorValue } from '../value.ts';
import { type Atom, isAscending, placedShape, placesOf, shapeOf, sizeOf, viewOf } from '../view.ts';

/** Concat along any axis but the batch. */
export function concatenation(call: OperatorCall): TensorValue {
  const tensors = call.node.inputs.map((_, index) => call.tensor(index));
  const [first] = tensors;
  if (first === undefined) throw call.bad('joins nothing');
  if (tensors.length === 1) return call.passed(0);
  const rank = first.view.axes.length;
  const axis = call.axis(call.integer('axis', -1), rank + 1) - 1;
  if (axis < 0) throw call.unsupported('joins along the batch', 'Use an axis from 1 on.');
  const shapes = tensors.map(({ view }) => shapeOf(view));
  if (shapes.some((shape) => shape.length !== rank || shape.some((size, other) => other !== axis && size !== shapes[0]![other])))
    throw call.bad(
      `its operands ${shapes.map((shape) => `[N, ${shape.join(', ')}]`).join(', ')} differ in another axis than the ${axis + 1}th`,
    );
  const nonNegative = tensors.every((tensor) => tensor.nonNegative);
  if (rank === 1) return joinedVectors(call, tensors, nonNegative);
  const arranged = tensors.map(({ view }) => inLayerOrder(call.writer, call.wish, view));
  const placed = rank === 3 ? [2, 0, 1] : shapes[0]!.map((_, index) => index);
  const along = placed[axis]!;
  const shape = [...placedShape(arranged[0]!)];
  shape[along] = arranged.reduce((total, view) => total + placedShape(view)[along]!, 0);
  const layer = call.add(
    'Concatenate',
    arranged.map((view) => view.layer),
    shape,
    { axis: along === shape.length - 1 ? -1 : along + 1 },
  );
  return call.made(viewOf(layer, shape, placed), { nonNegative });
}

/** Vectors, such as flattened pictures, as they lie: in which order that is, is written down for the dense layer that reads them. */
function joinedVectors(call: OperatorCall, tensors: readonly TensorValue[], nonNegative: boolean): TensorValue {
  const parts = tensors.map(({ view }) => flattened(call.writer, call.wish, view));
  const size = parts.reduce((total, { places }) => total + sizeOf(places[0]!), 0);
  call.writer.budget.spend(2 * size, call.wish);
  const order = new Int32Array(size);
  let offset = 0;
  for (const { axes, places } of parts) {
    const held = placesOf(axes[0]!, places[0]!);
    for (let index = 0; index < held.length; index++) order[offset + index] = offset + held[index]!;
    offset += held.length;
  }
  const layer = call.add(
    'Concatenate',
    parts.map((part) => part.layer),
    [size],
    { axis: -1 },
  );
  const atom: Atom = isAscending(order) ? { size } : { size, order };
  return call.made({ layer, places: [[atom]], axes: [[atom]] }, { nonNegative });
}
