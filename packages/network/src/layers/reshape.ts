import { listSetting } from '../config.ts';
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
  outputShape: ({ inputShapes }) => [elementCount(inputShapes[0]!)],
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
