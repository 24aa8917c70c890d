import { axisSetting } from '../config.ts';
import { badNetwork } from '../faults.ts';
import { channelCount, sameShape, type Shape, shapeText } from '../shape.ts';
import type { ChannelBook, Labels, LayerInputs, LayerKind } from './kind.ts';

/** The shape that all inputs stretch to: axes are aligned at the end, and one of length 1 stretches to any. */
function broadcastShape({ layer, inputShapes }: LayerInputs): Shape {
  const rank = Math.max(...inputShapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = inputShapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = Math.max(...sizes);
    if (sizes.some((other) => other !== size && other !== 1))
      throw badNetwork(layer, `its inputs ${inputShapes.map(shapeText).join(' and ')} do not fit together`);
    return size;
  });
}

/** Add, Subtract, Multiply, Average, Maximum, Minimum: place by place, so the operands' channels are the same ones. */
export const elementwise: LayerKind = {
  inputs: 'several',
  outputShape: broadcastShape,
  couple: ({ layer, outputShape }, inputs, book) => {
    const width = channelCount(outputShape);
    const [first, ...others] = inputs.filter((labels) => labels.length === width);
    for (const other of others) tieAll(first!, other, book);
    for (const labels of inputs) if (labels.length !== width) book.lock(labels, `${layer} spreads this one channel over ${width}`);
    return first!;
  },
};

function tieAll(first: Labels, other: Labels, book: ChannelBook): void {
  for (let channel = 0; channel < first.length; channel++) book.tie(first[channel]!, other[channel]!);
}

const concatenationAxis = (call: LayerInputs): number => axisSetting(call, 'axis', call.inputShapes[0]!.length);

/** Concatenate: along the channels each input keeps its own at an offset, along another axis the inputs' channels are the same ones. */
export const concatenation: LayerKind = {
  inputs: 'several',
  outputShape: (call) => {
    const axis = concatenationAxis(call);
    const [first] = call.inputShapes;
    const others = (shape: Shape) => shape.filter((_, index) => index !== axis);
    for (const shape of call.inputShapes)
      if (!sameShape(others(shape), others(first!)))
        throw badNetwork(call.layer, `${shapeText(first!)} and ${shapeText(shape)} differ in another axis than the ${axis}th`);
    const length = call.inputShapes.reduce((total, shape) => total + shape[axis]!, 0);
    return first!.map((size, index) => (index === axis ? length : size));
  },
  couple: (call, inputs, book) => {
    if (concatenationAxis(call) === call.outputShape.length - 1) return joined(inputs);
    const [first, ...others] = inputs;
    for (const other of others) tieAll(first!, other, book);
    return first!;
  },
};

function joined(inputs: readonly Labels[]): Labels {
  const labels = new Int32Array(inputs.reduce((total, input) => total + input.length, 0));
  let offset = 0;
  for (const input of inputs) {
    labels.set(input, offset);
    offset += input.length;
  }
  return labels;
}
