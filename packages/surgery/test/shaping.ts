import type { GraphNode } from '@espalier/network';
import { forEachTap } from './convolutions.ts';
import { type Tensor, tensor } from './tensor.ts';

export function pool(
  node: GraphNode,
  input: Tensor,
  size: readonly [number, number],
  strides: readonly [number, number],
  maximum: boolean,
): Tensor {
  const output = tensor(node.outputShape);
  const channels = input.shape[2]!;
  const taken = new Float64Array(output.values.length / channels);
  if (maximum) output.values.fill(-Infinity);
  forEachTap(node.config, input.shape, output.shape, size, strides, (out, place) => {
    taken[out]! += 1;
    for (let c = 0; c < channels; c++) {
      const x = input.values[place * channels + c]!;
      const index = out * channels + c;
      output.values[index] = maximum ? Math.max(output.values[index]!, x) : output.values[index]! + x;
    }
  });
  return maximum ? output : { ...output, values: output.values.map((sum, index) => sum / taken[Math.floor(index / channels)]!) };
}

export function globalPool(input: Tensor, maximum: boolean): Tensor {
  const channels = input.shape[2]!;
  const places = input.values.length / channels;
  const output = tensor([channels]);
  if (maximum) output.values.fill(-Infinity);
  input.values.forEach((x, index) => {
    const c = index % channels;
    output.values[c] = maximum ? Math.max(output.values[c]!, x) : output.values[c]! + x / places;
  });
  return output;
}

/** Output pixel (y, x) is the input pixel that `from` names, or zero outside the input. */
export function movePixels(input: Tensor, shape: readonly number[], from: (y: number, x: number) => readonly [number, number]): Tensor {
  const output = tensor(shape);
  const [height, width, channels] = input.shape as [number, number, number];
  for (let y = 0; y < shape[0]!; y++)
    for (let x = 0; x < shape[1]!; x++) {
      const [fromY, fromX] = from(y, x);
      if (fromY < 0 || fromY >= height || fromX < 0 || fromX >= width) continue;
      const start = (fromY * width + fromX) * channels;
      output.values.set(input.values.subarray(start, start + channels), (y * shape[1]! + x) * channels);
    }
  return output;
}

export function join(inputs: readonly Tensor[], shape: readonly number[], axisSetting: number): Tensor {
  const axis = axisSetting < 0 ? axisSetting + shape.length : axisSetting - 1;
  const output = tensor(shape);
  const blocks = shape.slice(0, axis).reduce((product, size) => product * size, 1);
  let written = 0;
  for (let block = 0; block < blocks; block++)
    for (const { values } of inputs) {
      const length = values.length / blocks;
      output.values.set(values.subarray(block * length, (block + 1) * length), written);
      written += length;
    }
  return output;
}

const merges: Readonly<Record<string, (operands: readonly number[]) => number>> = {
  Add: (operands) => operands.reduce((sum, x) => sum + x, 0),
  Multiply: (operands) => operands.reduce((product, x) => product * x, 1),
  Subtract: ([left, right]) => left! - right!,
  Average: (operands) => operands.reduce((sum, x) => sum + x, 0) / operands.length,
  Maximum: (operands) => Math.max(...operands),
  Minimum: (operands) => Math.min(...operands),
};

export function merge(type: string, inputs: readonly Tensor[], shape: readonly number[]): Tensor {
  const combine = merges[type];
  if (combine === undefined) throw new RangeError(`the reference evaluator has no layer ${type}`);
  const output = tensor(shape);
  output.values.forEach((_, index) => {
    output.values[index] = combine(inputs.map((input) => input.values[broadcastIndex(index, shape, input.shape)]!));
  });
  return output;
}

/** The place in a tensor of shape `from` that stretches to the flat `index` of `shape`. */
function broadcastIndex(index: number, shape: readonly number[], from: readonly number[]): number {
  let rest = index;
  let place = 0;
  let stride = 1;
  for (let axis = 1; axis <= shape.length; axis++) {
    const position = rest % shape.at(-axis)!;
    rest = Math.floor(rest / shape.at(-axis)!);
    const size = from.at(-axis) ?? 1;
    place += (size === 1 ? 0 : position) * stride;
    stride *= size;
  }
  return place;
}

/** Three axes in the order `dims`, counted from 1. */
export function turn(input: Tensor, dims: readonly number[], shape: readonly number[]): Tensor {
  const output = tensor(shape);
  const strides = input.shape.map((_, axis) => input.shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const [first, second, third] = dims.map((axis) => strides[axis - 1]!) as [number, number, number];
  output.values.forEach((_, index) => {
    const [rows, columns] = [shape[1]! * shape[2]!, shape[2]!];
    const place = Math.floor(index / rows) * first + (Math.floor(index / columns) % shape[1]!) * second + (index % columns) * third;
    output.values[index] = input.values[place]!;
  });
  return output;
}
