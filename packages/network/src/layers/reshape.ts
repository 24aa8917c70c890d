import { listSetting, refuseChannelsFirst } from '../config.ts';
import { badNetwork } from '../faults.ts';
import { channelCount, elementCount, type Shape, shapeText } from '../shape.ts';
import type { ChannelBook, Labels, LayerInputs, LayerKind } from './kind.ts';

/**
 * The channels after a change of shape. In NHWC the element at flat place f has channel f mod C before and f mod C' after, so those two are
 * one. Flattening [H, W, C] is the case C' = H·W·C: place p·C + c belongs to channel c. The pattern repeats every lcm(C, C') places.
 */
function reshapeLabels(input: Labels, outputs: number, elements: number, book: ChannelBook): Labels {
  const labels = Int32Array.from({ length: outputs }, (_, place) => input[place % input.length]!);
  if (outputs % input.length === 0) return labels;
  const period = Math.min(elements, (input.length / greatestCommonDivisor(input.length, outputs)) * outputs);
  for (let place = outputs; place < period; place++) book.tie(labels[place % outputs]!, input[place % input.length]!);
  return labels;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

const couple: LayerKind['couple'] = ({ outputShape }, [input], book) =>
  channelCount(outputShape) === input!.length ? input! : reshapeLabels(input!, channelCount(outputShape), elementCount(outputShape), book);

export const flatten: LayerKind = {
  inputs: 'one',
  outputShape: (call) => {
    refuseChannelsFirst(call);
    return [elementCount(call.inputShapes[0]!)];
  },
  couple,
};

function targetShape(call: LayerInputs): Shape {
  const target = listSetting(call, 'target_shape').map((size) => size ?? -1);
  const elements = elementCount(call.inputShapes[0]!);
  const known = elementCount(target.filter((size) => size !== -1));
  const shape = target.map((size) => (size === -1 ? elements / known : size));
  const openAxes = target.filter((size) => size === -1).length;
  if (openAxes > 1 || elementCount(shape) !== elements || !shape.every((size) => Number.isSafeInteger(size) && size > 0))
    throw badNetwork(
      call.layer,
      `${elements} elements of ${shapeText(call.inputShapes[0]!)} do not fit into target_shape ${shapeText(target)}`,
    );
  return shape;
}

export const reshape: LayerKind = {
  inputs: 'one',
  outputShape: targetShape,
  couple,
  resize: (_, { outputShape }) => ({ target_shape: [...outputShape] }),
};

/** The axes, counted from 0 without the batch, in the order in which `dims` (counted from 1) puts them. */
function permutedAxes(call: LayerInputs): readonly number[] {
  const rank = call.inputShapes[0]!.length;
  const axes = listSetting(call, 'dims').map((axis) => (axis ?? 0) - 1);
  if (axes.length !== rank || axes.toSorted((a, b) => a - b).some((axis, position) => axis !== position))
    throw badNetwork(call.layer, `dims [${axes.map((axis) => axis + 1).join(', ')}] do not name each of the axes 1 to ${rank} once`);
  return axes;
}

/**
 * Permute: the axes in another order. Where the last stays last, channels are channels still; where only axes of length 1 change places, no number moves,
 * and it is a change of shape. Anything else turns positions into channels, and these must stay.
 */
export const permute: LayerKind = {
  inputs: 'one',
  outputShape: (call) => permutedAxes(call).map((axis) => call.inputShapes[0]![axis]!),
  couple: (call, inputs, book) => {
    const [input] = inputs;
    const axes = permutedAxes(call);
    if (axes.at(-1) === axes.length - 1) return input!;
    const moved = axes.filter((axis) => call.inputShapes[0]![axis]! > 1);
    if (moved.every((axis, position) => position === 0 || axis > moved[position - 1]!)) return couple(call, inputs, book);
    const reason = `${call.layer} moves these channels to another axis`;
    const positions = book.fresh(channelCount(call.outputShape));
    book.lock(input!, reason);
    book.lock(positions, reason);
    return positions;
  },
};
