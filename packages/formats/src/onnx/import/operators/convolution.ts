import type { OperatorCall, Picture } from '../call.ts';
import { transposed } from '../constant.ts';
import type { TensorValue } from '../value.ts';
import { pictureView } from '../view.ts';
import { padded, subsampled, type Windows, windowsOf } from '../windows.ts';
import type { DraftWeight } from '../writer.ts';

/** Conv: kernel [O, I/g, kH, kW] → Conv2D [kH, kW, I/g, O], or DepthwiseConv2D [kH, kW, I, m] where every group reads one channel. */
export function convolution(call: OperatorCall): TensorValue {
  const kernel = kernelOf(call);
  const [outputs, inputsOfGroup, height, width] = kernel.shape;
  const picture = call.picture(0);
  const groups = call.integer('group', 1);
  if (groups < 1 || inputsOfGroup * groups !== picture.channels || outputs % groups !== 0)
    throw call.bad(`its kernel [${kernel.shape.join(', ')}] in ${groups} groups does not fit ${picture.channels} channels`);
  const windows = windowsOf(call, picture, [height, width]);
  const isDepthwise = groups > 1 && inputsOfGroup === 1 && windows[0].stride === windows[1].stride;
  const weights: DraftWeight[] = isDepthwise
    ? [
        {
          role: 'depthwise_kernel',
          shape: [height, width, groups, outputs / groups],
          values: transposed(kernel.values, [groups, outputs / groups, height, width], [2, 3, 0, 1]),
        },
      ]
    : [{ role: 'kernel', shape: [height, width, inputsOfGroup, outputs], values: transposed(kernel.values, kernel.shape, [2, 3, 1, 0]) }];
  const bias = biasOf(call, outputs);
  if (bias !== null) weights.push(bias);
  const settings = {
    kernel_size: [height, width],
    ...(isDepthwise ? { depth_multiplier: outputs / groups } : { filters: outputs, ...(groups > 1 && { groups }) }),
    use_bias: bias !== null,
    activation: 'linear',
  };
  const made = convolve(call, picture, windows, isDepthwise ? 'DepthwiseConv2D' : 'Conv2D', outputs, settings, weights);
  return call.made(pictureView(made.layer, [made.height, made.width, made.channels]));
}

/** TF.js strides or dilates, not both: with both, every place is computed and every n-th kept. */
function convolve(
  call: OperatorCall,
  picture: Picture,
  windows: Windows,
  type: 'Conv2D' | 'DepthwiseConv2D',
  channels: number,
  settings: Readonly<Record<string, unknown>>,
  weights: readonly DraftWeight[],
): Picture {
  const strides = [windows[0].stride, windows[1].stride] as const;
  const dilations = [windows[0].dilation, windows[1].dilation];
  const counts = [windows[0].count, windows[1].count] as const;
  const both = Math.max(...strides) > 1 && Math.max(...dilations) > 1;
  const { picture: source, padding } = padded(call, picture, windows);
  if (!both) {
    const layer = call.add(
      type,
      [source.layer],
      [...counts, channels],
      { ...settings, strides: [...strides], padding, dilation_rate: dilations },
      weights,
    );
    return { layer, height: counts[0], width: counts[1], channels };
  }
  // With strides `same` would begin elsewhere; here its zeros are made explicit first.
  const explicit = padding === 'valid' ? source : explicitlyPadded(call, picture, windows);
  const dense = ([0, 1] as const).map((axis) => {
    const length = axis === 0 ? explicit.height : explicit.width;
    return length - windows[axis].dilation * (windows[axis].size - 1);
  }) as [number, number];
  call.warn(`${call.wish} strides and dilates at once; the network computes every place of it and keeps every ${strides.join(' × ')}th`);
  const layer = call.add(
    type,
    [explicit.layer],
    [...dense, channels],
    { ...settings, strides: [1, 1], padding: 'valid', dilation_rate: dilations },
    weights,
  );
  return subsampled(call, { layer, height: dense[0], width: dense[1], channels }, strides, [0, 0], counts);
}

function explicitlyPadded(call: OperatorCall, picture: Picture, windows: Windows): Picture {
  const margins = windows.map(({ begin, end }) => [begin, end] as const);
  const height = picture.height + margins[0]![0] + margins[0]![1];
  const width = picture.width + margins[1]![0] + margins[1]![1];
  const layer = call.writer.add(`${call.wish}_pad`, 'ZeroPadding2D', [picture.layer], [height, width, picture.channels], {
    padding: margins,
  });
  return { ...picture, layer, height, width };
}

function kernelOf(call: OperatorCall) {
  const kernel = call.kernel(1);
  if (kernel.shape.length !== 4)
    throw call.unsupported(
      `its kernel has the shape [${kernel.shape.join(', ')}]`,
      'Only convolutions over pictures can be read here, with kernels of four axes.',
    );
  if (kernel.values.length === 0) throw call.bad(`its kernel [${kernel.shape.join(', ')}] is empty`);
  const declared = call.integers('kernel_shape');
  if (declared !== undefined && (declared[0] !== kernel.shape[2] || declared[1] !== kernel.shape[3]))
    throw call.bad(`its kernel_shape [${declared.join(', ')}] is not that of its kernel [${kernel.shape.join(', ')}]`);
  return { ...kernel, shape: kernel.shape as readonly [number, number, number, number] };
}

function biasOf(call: OperatorCall, outputs: number): DraftWeight | null {
  if (!call.has(2)) return null;
  const { values, shape } = call.weights(2);
  if (values.length !== outputs) throw call.bad(`its bias has the shape [${shape.join(', ')}] for ${outputs} filters`);
  return { role: 'bias', shape: [outputs], values: values.slice() };
}

/**
 * ConvTranspose: kernel [I, O, kH, kW] → Conv2DTranspose [kH, kW, O, I] without padding, and the margins that ONNX leaves out cropped away.
 */
export function transposedConvolution(call: OperatorCall): TensorValue {
  const kernel = kernelOf(call);
  const [inputs, outputs, ...size] = kernel.shape;
  const picture = call.picture(0);
  if (call.integer('group', 1) !== 1)
    throw call.unsupported('is a transposed convolution in groups', 'Use group = 1, or upsampling and a convolution.');
  if (inputs !== picture.channels) throw call.bad(`its kernel [${kernel.shape.join(', ')}] does not fit ${picture.channels} channels`);
  if ((call.integers('dilations') ?? []).some((dilation) => dilation !== 1))
    throw call.unsupported('is a dilated transposed convolution', 'Use dilation 1.');
  const strides = call.integers('strides') ?? [1, 1];
  const autoPad = call.text('auto_pad', 'NOTSET');
  const wanted = call.integers('output_shape');
  const extra = call.integers('output_padding') ?? [0, 0];
  const pads = call.integers('pads') ?? [0, 0, 0, 0];
  if ([strides, extra].some((pair) => pair.length !== 2 || pair.some((number) => number < 0 || number >= 2 ** 20)) || strides.includes(0))
    throw call.bad('its strides and output_padding should be two whole numbers each');
  if (pads.length !== 4 || pads.some((pad) => pad < 0)) throw call.bad('its pads should be four whole numbers from 0');
  const margins = ([0, 1] as const).map((axis) => {
    const length = axis === 0 ? picture.height : picture.width;
    const stride = strides[axis]!;
    const full = (length - 1) * stride + size[axis]!;
    const total = autoPad.startsWith('SAME')
      ? full + extra[axis]! - length * stride
      : wanted
        ? full + extra[axis]! - wanted.at(axis - 2)!
        : null;
    const half = total === null ? 0 : Math.floor(total / 2);
    const [begin, end] =
      total === null
        ? autoPad === 'VALID'
          ? [0, 0]
          : [pads[axis]!, pads[axis + 2]!]
        : autoPad === 'SAME_UPPER'
          ? [half, total - half]
          : [total - half, half];
    // Conv2DTranspose gives length · stride where the stride is the larger one.
    const grown = length * stride + Math.max(size[axis]! - stride, 0);
    const behind = end - extra[axis]! + grown - full;
    if (begin < 0 || behind < 0)
      throw call.unsupported(
        'its output_padding goes beyond what its kernel reaches',
        'Choose output_padding no larger than the padding behind.',
      );
    return { begin, behind, grown };
  });
  const grown = margins.map((margin) => margin.grown);
  const bias = biasOf(call, outputs);
  const weights: DraftWeight[] = [
    { role: 'kernel', shape: [...size, outputs, inputs], values: transposed(kernel.values, kernel.shape, [2, 3, 1, 0]) },
    ...(bias === null ? [] : [bias]),
  ];
  const layer = call.add(
    'Conv2DTranspose',
    [picture.layer],
    [...grown, outputs],
    { filters: outputs, kernel_size: [...size], strides: [...strides], padding: 'valid', use_bias: bias !== null, activation: 'linear' },
    weights,
  );
  const counts = margins.map((margin) => margin.grown - margin.begin - margin.behind) as [number, number];
  if (counts.some((count) => count < 1)) throw call.bad('its pads leave nothing of the picture');
  const made = subsampled(
    call,
    { layer, height: grown[0]!, width: grown[1]!, channels: outputs },
    [1, 1],
    [margins[0]!.begin, margins[1]!.begin],
    counts,
  );
  return call.made(pictureView(made.layer, [made.height, made.width, outputs]));
}
