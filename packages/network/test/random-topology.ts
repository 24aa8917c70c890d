import type { Topology } from '@espalier/core';
import fc from 'fast-check';
import { TopologyBuilder } from './builder.ts';

/** Where a random network stands: the tensor it has come to, with its height, width and channels. */
interface Place {
  readonly tensor: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
type Step = (net: TopologyBuilder, at: Place) => Place;

const count = (minimum: number, maximum: number) => fc.integer({ min: minimum, max: maximum });
const halved = ({ height, width }: Place, strides: number) => ({ height: Math.ceil(height / strides), width: Math.ceil(width / strides) });

const places = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

const convolution = fc
  .record({
    filters: count(2, 6),
    size: fc.constantFrom(1, 3),
    strides: count(1, 2),
    dilation: count(1, 2),
    use_bias: fc.boolean(),
    activation: fc.constantFrom('linear', 'relu', 'sigmoid', 'tanh', 'swish', 'hard_swish'),
  })
  .map(({ filters, size, strides, dilation, ...config }): Step => (net, at) => {
    const shape = { kernel_size: [size, size], strides, dilation_rate: strides === 1 ? dilation : 1 };
    return { ...halved(at, strides), tensor: net.conv(at.tensor, filters, { ...shape, ...config }), channels: filters };
  });

const passing = fc
  .constantFrom<[string, Record<string, unknown>]>(
    ['BatchNormalization', { axis: -1, epsilon: 1e-3 }],
    ['BatchNormalization', { axis: [3], epsilon: 1e-3, scale: false }],
    ['BatchNormalization', { axis: 3, epsilon: 1e-3, center: false }],
    ['Activation', { activation: 'relu' }],
    ['Activation', { activation: 'sigmoid' }],
    ...['relu6', 'elu', 'selu', 'silu', 'mish', 'gelu', 'gelu_new', 'softsign', 'softplus', 'hard_sigmoid', 'hard_sigmoid_sixth'].map(
      (activation): [string, Record<string, unknown>] => ['Activation', { activation }],
    ),
    ['ReLU', {}],
    ['SpatialDropout2D', { rate: 0.5 }],
    ['LeakyReLU', { alpha: 0.2 }],
    ['ELU', { alpha: 0.7 }],
    ['ThresholdedReLU', { theta: 0.3 }],
    ['GaussianNoise', { stddev: 0.5 }],
    ['ActivityRegularization', { l2: 0.5 }],
    ['PReLU', { shared_axes: [1, 2] }],
    ['PReLU', {}],
    ['Dropout', { rate: 0.5 }],
    ['MaxPooling2D', { pool_size: 2, strides: 1, padding: 'same' }],
    ['AveragePooling2D', { pool_size: [2, 2], strides: [1, 1], padding: 'same' }],
    ['L2Normalization', {}],
    ['Softmax', { axis: -1 }],
    ['Activation', { activation: 'softmax' }],
  )
  .map(([type, config]): Step => (net, at) => ({ ...at, tensor: net.add(type, [at.tensor], config) }));

const resizing = fc
  .constantFrom<[string, Record<string, unknown>, (at: Place) => Partial<Place>]>(
    ['UpSampling2D', { size: [2, 1] }, ({ height }) => ({ height: 2 * height })],
    [
      'ZeroPadding2D',
      {
        padding: [
          [1, 0],
          [0, 2],
        ],
      },
      ({ height, width }) => ({ height: height + 1, width: width + 2 }),
    ],
    ['ChannelPadding', { before: 1, after: 2 }, ({ channels }) => ({ channels: channels + 3 })],
  )
  .map(([type, config, change]): Step => (net, at) => ({ ...at, ...change(at), tensor: net.add(type, [at.tensor], config) }));

const depthwise = fc
  .record({ depth_multiplier: count(1, 3), dilation_rate: count(1, 2), use_bias: fc.boolean() })
  .map((config): Step => (net, at) => {
    const tensor = net.add('DepthwiseConv2D', [at.tensor], { kernel_size: [3, 3], padding: 'same', ...config });
    return { ...at, tensor, channels: at.channels * config.depth_multiplier };
  });

const separable = fc
  .record({ filters: count(2, 5), depth_multiplier: count(1, 2), dilation_rate: count(1, 2) })
  .map((config): Step => (net, at) => {
    const tensor = net.add('SeparableConv2D', [at.tensor], { kernel_size: [3, 3], padding: 'same', use_bias: true, ...config });
    return { ...at, tensor, channels: config.filters };
  });

const transposed = fc.record({ filters: count(2, 5) }).map(({ filters }): Step => (net, at) => {
  const config = { filters, kernel_size: [2, 2], strides: [1, 2], padding: 'same', use_bias: true };
  return { ...at, width: 2 * at.width, tensor: net.add('Conv2DTranspose', [at.tensor], config), channels: filters };
});

const grouped = fc
  .record({ groups: count(2, 3), inputs: count(1, 2), outputs: count(1, 3), strides: count(1, 2), dilation: count(1, 2) })
  .map(({ groups, inputs, outputs, strides, dilation }): Step => (net, at) => {
    const before = net.conv(at.tensor, groups * inputs);
    const config = { groups, use_bias: true, strides, dilation_rate: strides === 1 ? dilation : 1 };
    return { ...halved(at, strides), tensor: net.conv(before, groups * outputs, config), channels: groups * outputs };
  });

const residual = fc
  .constantFrom('Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum')
  .map((merge): Step => (net, at) => ({ ...at, tensor: net.add(merge, [net.bn(net.conv(at.tensor, at.channels)), at.tensor]) }));

const paddedShortcut = fc.record({ before: count(0, 2), after: count(0, 2) }).map((config): Step => (net, at) => {
  const channels = at.channels + config.before + config.after;
  const shortcut = net.add('ChannelPadding', [net.add('AveragePooling2D', [at.tensor], { pool_size: 1, strides: 2 })], config);
  return { ...halved(at, 2), tensor: net.plus(net.bn(net.conv(at.tensor, channels, { strides: 2 })), shortcut), channels };
});

const concatenation = fc
  .record({ left: count(1, 4), right: count(1, 4), summed: fc.boolean() })
  .map(({ left, right, summed }): Step => (net, at) => {
    const branches = [net.convBnRelu(at.tensor, left), net.conv(at.tensor, right, { use_bias: true })];
    const joined = net.add('Concatenate', [...branches, at.tensor], { axis: -1 });
    const channels = left + right + at.channels;
    return { ...at, tensor: summed ? net.plus(joined, net.conv(at.tensor, channels)) : joined, channels };
  });

const stacked = count(2, 4).map((filters): Step => (net, at) => {
  const tensor = net.add('Concatenate', [net.conv(at.tensor, filters), net.conv(at.tensor, filters)], { axis: 1 });
  return { ...at, tensor, height: 2 * at.height, channels: filters };
});

/** Squeeze and excitation (Hu et al. 2018), the pooled places kept as an axis of length 1 by the pooling itself or by a change of shape. */
const gate = fc
  .record({ reduced: count(1, 3), keepdims: fc.boolean(), activation: fc.constantFrom('sigmoid', 'hard_sigmoid') })
  .map(({ reduced, keepdims, activation }): Step => (net, at) => {
    const pooled = net.add('GlobalAveragePooling2D', [at.tensor], keepdims ? { keepdims } : {});
    const squeezed = keepdims ? pooled : net.add('Reshape', [pooled], { target_shape: [1, 1, at.channels] });
    const excited = net.conv(net.conv(squeezed, reduced, { activation: 'relu' }), at.channels, { activation });
    return { ...at, tensor: net.add('Multiply', [at.tensor, excited]) };
  });

const spatialGate = fc.constant<Step>((net, at) => {
  const attention = net.conv(at.tensor, 1, { kernel_size: [1, 1], activation: 'sigmoid', use_bias: true });
  return { ...at, tensor: net.add('Multiply', [at.tensor, attention]) };
});

const shared = count(2, 4).map((filters): Step => (net, at) => {
  const first = net.convBnRelu(at.tensor, filters);
  const layer = net.conv(first, filters);
  return { ...at, tensor: net.plus(layer, net.again(layer, [net.convBnRelu(at.tensor, filters)])), channels: filters };
});

const reshaped = count(2, 4).map((units): Step => (net, at) => {
  const rows = net.add('Reshape', [at.tensor], { target_shape: [-1, at.channels] });
  return { ...at, tensor: net.add('Reshape', [net.dense(rows, units)], { target_shape: [at.height, at.width, units] }), channels: units };
});

const cropped = fc.constant<Step>((net, at) => {
  if (at.height < 2 || at.width < 3) return at;
  // prettier-ignore
  const tensor = net.add('Cropping2D', [at.tensor], { cropping: [[1, 0], [0, 2]] });
  return { ...at, tensor, height: at.height - 1, width: at.width - 2 };
});

/** Cuts the channels of a place into halves and puts the halves side by side: channel c and c + C/2 become one. */
const folded = fc.constant<Step>((net, at) => {
  if (at.channels % 2 === 1) return at;
  return {
    ...at,
    tensor: net.add('Reshape', [at.tensor], { target_shape: [at.height, 2 * at.width, at.channels / 2] }),
    width: 2 * at.width,
    channels: at.channels / 2,
  };
});

/** The unit of ShuffleNet V2 (Ma et al. 2018): one part of the channels goes by, the other through a branch, and the two are shuffled. */
const shuffled = fc.record({ ways: count(2, 3), filters: count(1, 4) }).map(({ ways, filters }): Step => (net, at) => {
  const half = at.channels >> 1;
  if (half === 0) return at;
  const select = (source: string, channels: readonly number[]) => net.add('ChannelSelection', [source], { channels });
  const branch = net.convBnRelu(select(at.tensor, places(half, at.channels)), filters);
  const joined = net.add('Concatenate', [select(at.tensor, places(0, half)), branch], { axis: -1 });
  const channels = half + filters;
  const shuffle = places(0, ways).flatMap((way) => places(0, channels).filter((channel) => channel % ways === way));
  return { ...at, tensor: select(joined, shuffle), channels };
});

/** Any channels in any order: some twice, some not at all. */
const selected = fc.array(fc.nat(), { minLength: 1, maxLength: 6 }).map((picks): Step => (net, at) => ({
  ...at,
  tensor: net.add('ChannelSelection', [at.tensor], { channels: picks.map((pick) => pick % at.channels) }),
  channels: picks.length,
}));

const turned = fc.constantFrom([2, 1, 3], [1, 3, 2]).map((dims): Step => (net, at) => {
  const tensor = net.add('Permute', [at.tensor], { dims });
  const [, width, channels] = dims.map((axis) => [at.height, at.width, at.channels][axis - 1]!);
  return { tensor, height: dims[0] === 1 ? at.height : at.width, width: width!, channels: channels! };
});

type Head = (net: TopologyBuilder, at: Place) => Topology;
const head: fc.Arbitrary<Head> = fc.constantFrom<Head>(
  (net, at) => net.classified(at.tensor, 3),
  (net, at) => net.topology(net.dense(net.dense(net.add('Flatten', [at.tensor]), 5, { activation: 'relu' }), 3, { activation: 'softmax' })),
  (net, at) => {
    const map = net.conv(net.convBnRelu(at.tensor, 3), 6);
    return net.topology(net.add('Reshape', [map], { target_shape: [-1, 3] }), net.dense(net.add('GlobalMaxPooling2D', [at.tensor]), 2));
  },
);

/** Small networks with every kind of layer and join, for 5 × 4 inputs. */
export const randomTopology: fc.Arbitrary<Topology> = fc
  .record({
    channels: count(1, 3),
    first: convolution,
    steps: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: convolution },
        { weight: 3, arbitrary: passing },
        ...[resizing, depthwise, separable, transposed, grouped, residual, paddedShortcut, concatenation, stacked, gate].map(
          (arbitrary) => ({ weight: 1, arbitrary }),
        ),
        ...[spatialGate, shared, reshaped, folded, cropped, shuffled, selected, turned].map((arbitrary) => ({ weight: 1, arbitrary })),
      ),
      { minLength: 1, maxLength: 6 },
    ),
    head,
  })
  .map(({ channels, first, steps, head: finish }) => {
    const net = new TopologyBuilder([5, 4, channels]);
    const start: Place = { tensor: net.input, height: 5, width: 4, channels };
    return finish(
      net,
      [first, ...steps].reduce((at, step) => step(net, at), start),
    );
  });
