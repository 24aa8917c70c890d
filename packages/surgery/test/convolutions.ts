import type { GraphNode } from '@espalier/network';
import { pair, type Tensor, tensor } from './tensor.ts';

/** Calls `visit(output place, input place, kernel place)` for every pair that a window connects; places count pixels and taps, not channels. */
export function forEachTap(
  config: GraphNode['config'],
  [height, width]: readonly number[],
  [outHeight, outWidth]: readonly number[],
  [kernelHeight, kernelWidth]: readonly [number, number],
  strides: readonly [number, number],
  visit: (output: number, input: number, tap: number) => void,
): void {
  const dilation = pair(config['dilation_rate']);
  const same = config['padding'] === 'same';
  const before = (length: number, outLength: number, size: number, axis: 0 | 1) =>
    same ? Math.max(0, (outLength - 1) * strides[axis] + dilation[axis] * (size - 1) + 1 - length) >> 1 : 0;
  const top = before(height!, outHeight!, kernelHeight, 0);
  const left = before(width!, outWidth!, kernelWidth, 1);
  for (let oy = 0; oy < outHeight!; oy++)
    for (let ox = 0; ox < outWidth!; ox++)
      for (let ky = 0; ky < kernelHeight; ky++)
        for (let kx = 0; kx < kernelWidth; kx++) {
          const y = oy * strides[0] + ky * dilation[0] - top;
          const x = ox * strides[1] + kx * dilation[1] - left;
          if (y >= 0 && y < height! && x >= 0 && x < width!) visit(oy * outWidth! + ox, y * width! + x, ky * kernelWidth + kx);
        }
}

const strides = (node: GraphNode) => pair(node.config['strides']);
const taps = (kernel: Tensor): readonly [number, number] => [kernel.shape[0]!, kernel.shape[1]!];

export function convolve(node: GraphNode, input: Tensor, kernel: Tensor, groups: number): Tensor {
  const output = tensor(node.outputShape);
  const [inputs, filters] = [input.shape[2]!, output.shape[2]!];
  const [inputsOfGroup, filtersOfGroup] = [inputs / groups, filters / groups];
  forEachTap(node.config, input.shape, output.shape, taps(kernel), strides(node), (out, place, tap) => {
    for (let group = 0; group < groups; group++)
      for (let i = 0; i < inputsOfGroup; i++) {
        const x = input.values[place * inputs + group * inputsOfGroup + i]!;
        const row = (tap * inputsOfGroup + i) * filters;
        for (let o = group * filtersOfGroup; o < (group + 1) * filtersOfGroup; o++)
          output.values[out * filters + o]! += x * kernel.values[row + o]!;
      }
  });
  return output;
}

export function convolveDepthwise(node: GraphNode, input: Tensor, kernel: Tensor, shape: readonly number[]): Tensor {
  const output = tensor(shape);
  const [channels, multiplier] = [kernel.shape[2]!, kernel.shape[3]!];
  forEachTap(node.config, input.shape, shape, taps(kernel), strides(node), (out, place, tap) => {
    for (let index = 0; index < channels * multiplier; index++)
      output.values[out * channels * multiplier + index]! +=
        input.values[place * channels + Math.floor(index / multiplier)]! * kernel.values[tap * channels * multiplier + index]!;
  });
  return output;
}

/** The transpose of the convolution that leads from this layer's output to its input. */
export function convolveTransposed(node: GraphNode, input: Tensor, kernel: Tensor): Tensor {
  const output = tensor(node.outputShape);
  const [filters, inputs] = [kernel.shape[2]!, kernel.shape[3]!];
  forEachTap(node.config, output.shape, input.shape, taps(kernel), strides(node), (place, out, tap) => {
    for (let o = 0; o < filters; o++)
      for (let i = 0; i < inputs; i++)
        output.values[out * filters + o]! += input.values[place * inputs + i]! * kernel.values[(tap * filters + o) * inputs + i]!;
  });
  return output;
}
