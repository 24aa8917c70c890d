import { booleanSetting, channelCount, integerSetting, pairSetting, textSetting } from '@espalier/network';
import { activated } from './activation.ts';
import type { LayerExport, LayerExporter } from './layer-export.ts';
import { type Attributes, integer, integers } from './onnx-file.ts';

type Pair = readonly [number, number];

/** Zeros before and after along one axis so that ⌈n/s⌉ windows fit, the odd one after, as TensorFlow's `same` has it. */
export function sameMargins(length: number, reach: number, stride: number): Pair {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + reach - length, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** ONNX's `pads`: all beginnings, then all ends. */
export const pads = ([top, bottom]: Pair, [left, right]: Pair) => integers([top, left, bottom, right]);

export function windowPads({ node, surroundings }: LayerExport, size: Pair, strides: Pair, dilation: Pair = [1, 1]) {
  if (surroundings.padding !== undefined) return pads(...surroundings.padding);
  if (textSetting(node, 'padding', ['same', 'valid'], 'valid') === 'valid') return pads([0, 0], [0, 0]);
  const margins = (axis: 0 | 1) => sameMargins(node.inputShapes[0]![axis]!, (size[axis] - 1) * dilation[axis] + 1, strides[axis]);
  return pads(margins(0), margins(1));
}

function windowAttributes(layer: LayerExport, groups: number): Attributes {
  const size = pairSetting(layer.node, 'kernel_size');
  const strides = pairSetting(layer.node, 'strides', [1, 1]);
  const dilation = pairSetting(layer.node, 'dilation_rate', [1, 1]);
  return {
    dilations: integers(dilation),
    group: integer(groups),
    kernel_shape: integers(size),
    pads: windowPads(layer, size, strides, dilation),
    strides: integers(strides),
  };
}

const withBias = (layer: LayerExport, inputs: readonly string[]): string[] => {
  const bias = booleanSetting(layer.node, 'use_bias', true) ? layer.vector('bias') : undefined;
  return bias === undefined ? [...inputs] : [...inputs, bias];
};

/** Kernels are [kH, kW, in, out] here and [out, in, kH, kW] there. */
export const convolution: LayerExporter = (layer) => {
  const kernel = layer.permuted('kernel', layer.weight('kernel')!.shape, [3, 2, 0, 1]);
  const groups = integerSetting(layer.node, 'groups', { fallback: 1 });
  return activated(layer, layer.add('Conv', withBias(layer, [layer.input.name, kernel]), windowAttributes(layer, groups)));
};

/** A kernel [kH, kW, C, m] is there one of [C·m, 1, kH, kW] in C groups. */
function depthwiseKernel(layer: LayerExport): string {
  const { shape } = layer.weight('depthwise_kernel')!;
  const [height, width, channels, multiplier] = shape as [number, number, number, number];
  return layer.permuted('depthwise_kernel', shape, [2, 3, 0, 1], [channels * multiplier, 1, height, width]);
}

export const depthwiseConvolution: LayerExporter = (layer) => {
  const channels = channelCount(layer.input.shape);
  const convolved = layer.add('Conv', withBias(layer, [layer.input.name, depthwiseKernel(layer)]), windowAttributes(layer, channels));
  return activated(layer, convolved);
};

export const separableConvolution: LayerExporter = (layer) => {
  const channels = channelCount(layer.input.shape);
  const depthwise = layer.add('Conv', [layer.input.name, depthwiseKernel(layer)], windowAttributes(layer, channels), 'depthwise');
  const kernel = layer.permuted('pointwise_kernel', layer.weight('pointwise_kernel')!.shape, [3, 2, 0, 1]);
  const pointwise = layer.add('Conv', withBias(layer, [depthwise, kernel]), { kernel_shape: integers([1, 1]) }, 'pointwise');
  return activated(layer, pointwise);
};

/**
 * A kernel [kH, kW, out, in] is [in, out, kH, kW] there. The output is that of the gradient of a convolution: `same` cuts the overhang that this
 * convolution would have padded; where the stride is beyond the kernel, the places that no window reaches are at the end.
 */
export const transposedConvolution: LayerExporter = (layer) => {
  const size = pairSetting(layer.node, 'kernel_size');
  const strides = pairSetting(layer.node, 'strides', [1, 1]);
  const same = textSetting(layer.node, 'padding', ['same', 'valid'], 'valid') === 'same';
  const margins = (axis: 0 | 1): Pair => (same ? sameMargins(layer.node.outputShape[axis]!, size[axis], strides[axis]) : [0, 0]);
  const attributes = {
    kernel_shape: integers(size),
    output_padding: integers([Math.max(strides[0] - size[0], 0), Math.max(strides[1] - size[1], 0)]),
    pads: pads(margins(0), margins(1)),
    strides: integers(strides),
  };
  const kernel = layer.permuted('kernel', layer.weight('kernel')!.shape, [3, 2, 0, 1]);
  return activated(layer, layer.add('ConvTranspose', withBias(layer, [layer.input.name, kernel]), attributes));
};

/** Over vectors as PyTorch writes it, over rows a matrix product, over a feature map a convolution of one pixel. */
export const dense: LayerExporter = (layer) => {
  const { shape } = layer.input;
  const units = channelCount(layer.node.outputShape);
  const inputs = channelCount(shape);
  if (shape.length === 1) {
    const { flattenedFrom } = layer.surroundings;
    // Behind a flatten the rows of the kernel follow the feature map: [H, W, C, units] here, [units, C, H, W] there.
    const kernel =
      flattenedFrom === undefined
        ? layer.permuted('kernel', [inputs, units], [1, 0])
        : layer.permuted('kernel', [...flattenedFrom, units], [3, 2, 0, 1], [units, inputs]);
    return activated(layer, layer.add('Gemm', withBias(layer, [layer.input.name, kernel]), { transB: integer(1) }));
  }
  if (shape.length === 3) {
    const kernel = layer.permuted('kernel', [inputs, units], [1, 0], [units, inputs, 1, 1]);
    return activated(layer, layer.add('Conv', withBias(layer, [layer.input.name, kernel]), { kernel_shape: integers([1, 1]) }));
  }
  const product = layer.add('MatMul', [layer.input.name, layer.permuted('kernel', [inputs, units], [0, 1])]);
  const [, bias] = withBias(layer, [product]);
  return activated(layer, bias === undefined ? product : layer.add('Add', [product, bias]));
};
