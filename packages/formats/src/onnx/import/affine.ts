import { inLayerOrder } from './arrange.ts';
import type { OperatorCall } from './call.ts';
import { type Constant, elementCountOf, stridesOf } from './constant.ts';
import { type Atom, placedShape, shapeOf, type View } from './view.ts';
import type { TensorValue } from './value.ts';
import type { DraftLayer } from './writer.ts';

/** One number for each place of the last axis of a layer's output, or one for all. */
export type PerChannel = number | Float32Array;

export const at = (numbers: PerChannel, channel: number): number => (typeof numbers === 'number' ? numbers : numbers[channel]!);

/**
 * A constant that ONNX broadcasts against `view` (its batch axis included) as numbers along the last axis of the layer's output. Null where it
 * differs along another axis of that output, or would make the tensor larger.
 */
export function alongChannels(call: OperatorCall, view: View, constant: Constant): PerChannel | null {
  const shape = [call.batch, ...shapeOf(view)];
  const { values } = constant;
  if (values.length === 1) return values[0]!;
  if (constant.shape.length > shape.length) return null;
  const sizes = [...Array<number>(shape.length - constant.shape.length).fill(1), ...constant.shape];
  if (!sizes.every((size, axis) => size === 1 || (axis > 0 && size === shape[axis]))) return null;
  const steps = stridesOf(sizes).map((stride, axis) => (sizes[axis] === 1 ? 0 : stride));
  const strides = new Map<Atom, number>();
  view.axes.forEach((axis, index) => {
    let stride = steps[index + 1]!;
    for (const atom of [...axis].reverse()) {
      strides.set(atom, stride);
      stride *= atom.size;
    }
  });
  const channels: readonly Atom[] = view.places.at(-1) ?? [];
  for (const [atom, stride] of strides) if (stride !== 0 && !channels.includes(atom)) return uniform(values);
  call.writer.budget.spend(placedShape(view).at(-1) ?? 1, call.wish);
  let sources = [0];
  for (const atom of channels) {
    const stride = strides.get(atom)!;
    const indices = indicesByPlace(atom);
    sources = sources.flatMap((source) => Array.from(indices, (index) => source + stride * index));
  }
  return Float32Array.from(sources, (source) => values[source]!);
}

/** Which index of an atom lies at each place. */
function indicesByPlace({ size, order }: Atom): Int32Array {
  const indices = new Int32Array(size);
  for (let index = 0; index < size; index++) indices[order?.[index] ?? index] = index;
  return indices;
}

const uniform = (values: Constant['values']): number | null => (values.every((value) => value === values[0]) ? values[0]! : null);

/** As `alongChannels`, with the layers written that bring the channels to the last axis. */
export function channelOperand(call: OperatorCall, value: TensorValue, constant: Constant): { view: View; numbers: PerChannel } {
  const numbers = alongChannels(call, value.view, constant);
  if (numbers !== null) return { view: value.view, numbers };
  const view = inLayerOrder(call.writer, call.wish, value.view);
  const ordered = alongChannels(call, view, constant);
  if (ordered !== null) return { view, numbers: ordered };
  throw call.unsupported(
    `its constant ${constant.name} of shape [${constant.shape.join(', ')}] is neither one number nor one a channel of [N, ${shapeOf(value.view).join(', ')}]`,
    'Layers scale and shift whole channels only; give the constant the shape [C, 1, 1].',
  );
}

/** x · scale + shift for each place of the last axis of the layer's output. Both are made finite floats by the caller. */
export interface Affine {
  readonly scale: PerChannel;
  readonly shift: PerChannel;
}

const isAll = (numbers: PerChannel, value: number): boolean =>
  typeof numbers === 'number' ? numbers === value : numbers.every((number) => number === value);

/**
 * Scales and shifts the channels of a tensor: folded into the convolution, dense layer or batch normalisation that makes it where nothing else
 * reads that, otherwise as a depthwise convolution of one pixel. (A batch normalisation with mean 0 and variance 1 would say the same, until it
 * is trained.)
 *
 * @param foldable whether only this node reads `value`
 */
export function scaled(call: OperatorCall, value: TensorValue, view: View, affine: Affine, foldable: boolean): TensorValue {
  if (isAll(affine.scale, 1) && isAll(affine.shift, 0)) return { ...value, view, exclusive: value.exclusive && foldable };
  if (foldable && value.exclusive && view.layer === value.view.layer && fold(call.writer.layer(view.layer), affine)) return call.made(view);
  const shape = placedShape(view);
  const channels = shape.at(-1) ?? 1;
  call.writer.budget.spend(2 * channels, call.wish);
  const picture = shape.length === 3 ? shape : [shape.length === 2 ? shape[0]! : elementCountOf(shape.slice(0, -1)), 1, channels];
  const source = shape.length === 3 ? view.layer : call.add('Reshape', [view.layer], picture, { target_shape: picture });
  const depthwise = call.add(
    'DepthwiseConv2D',
    [source],
    picture,
    {
      kernel_size: [1, 1],
      strides: [1, 1],
      padding: 'valid',
      depth_multiplier: 1,
      use_bias: true,
      activation: 'linear',
      dilation_rate: [1, 1],
    },
    [
      { role: 'depthwise_kernel', shape: [1, 1, channels, 1], values: filled(affine.scale, channels) },
      { role: 'bias', shape: [channels], values: filled(affine.shift, channels) },
    ],
  );
  if (shape.length === 3) return call.made({ ...view, layer: depthwise });
  const layer =
    shape.length === 1 ? call.add('Flatten', [depthwise], shape) : call.add('Reshape', [depthwise], shape, { target_shape: shape });
  return call.made({ ...view, layer });
}

const filled = (numbers: PerChannel, channels: number): Float32Array =>
  Float32Array.from({ length: channels }, (_, channel) => at(numbers, channel));

/** The place of each number of a kernel among the output channels of its layer: `(index) → channel`. */
const kernelRoles: Readonly<Record<string, { kernel: string; channel: (index: number, shape: readonly number[]) => number } | undefined>> =
  {
    Conv2D: { kernel: 'kernel', channel: (index, shape) => index % shape[3]! },
    Dense: { kernel: 'kernel', channel: (index, shape) => index % shape[1]! },
    DepthwiseConv2D: { kernel: 'depthwise_kernel', channel: (index, shape) => index % (shape[2]! * shape[3]!) },
    Conv2DTranspose: { kernel: 'kernel', channel: (index, shape) => Math.floor(index / shape[3]!) % shape[2]! },
    BatchNormalization: { kernel: 'gamma', channel: (index) => index },
    L2Normalization: { kernel: 'scale', channel: (index) => index },
  };

/** Multiplies the affine map into the layer's own weights; false where the layer has none that could take it. */
function fold(layer: DraftLayer, { scale, shift }: Affine): boolean {
  const role = kernelRoles[layer.type];
  if (role === undefined) return false;
  if (layer.type === 'L2Normalization' && !isAll(shift, 0)) return false;
  const channels = layer.shape.at(-1)!;
  const biasRole = layer.type === 'BatchNormalization' ? 'beta' : 'bias';
  const kernel = layer.weights.find((weight) => weight.role === role.kernel)!;
  for (let index = 0; index < kernel.values.length; index++) kernel.values[index]! *= at(scale, role.channel(index, kernel.shape));
  const bias = layer.weights.find((weight) => weight.role === biasRole);
  if (isAll(shift, 0) && bias === undefined) return true;
  if (bias === undefined) {
    layer.weights = [kernel, { role: biasRole, shape: [channels], values: filled(shift, channels) }];
    layer.config = { ...layer.config, use_bias: true };
  } else
    for (let channel = 0; channel < channels; channel++)
      bias.values[channel] = bias.values[channel]! * at(scale, channel) + at(shift, channel);
  return true;
}
