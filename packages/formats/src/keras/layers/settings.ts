import { unsupported } from '../config/inbound.ts';

/** A setting that Keras and the topology call alike. */
interface Setting {
  readonly key: string;
  /** What it is where it is not said; needed without. */
  readonly fallback?: unknown;
  /** The topology says it only where it differs from the fallback. */
  readonly quiet?: boolean;
}

const needed = (key: string): Setting => ({ key });
const spelt = (key: string, fallback: unknown): Setting => ({ key, fallback });
const quiet = (key: string, fallback: unknown): Setting => ({ key, fallback, quiet: true });

const strides = spelt('strides', [1, 1]);
const padding = spelt('padding', 'valid');
const useBias = spelt('use_bias', true);
const activation = spelt('activation', 'linear');
const channelsLast = spelt('data_format', 'channels_last');
const pooling = [spelt('pool_size', [2, 2]), spelt('strides', null), padding, channelsLast];
const globalPooling = [quiet('keepdims', false), channelsLast];

/**
 * The settings of every layer that is called alike on both sides, as far as they matter to what it computes. Initialisers and the like are
 * left behind: a network that is read has its weights.
 */
const settings: Readonly<Record<string, readonly Setting[]>> = {
  Conv2D: [
    needed('filters'),
    needed('kernel_size'),
    strides,
    padding,
    spelt('dilation_rate', [1, 1]),
    quiet('groups', 1),
    useBias,
    activation,
    channelsLast,
  ],
  DepthwiseConv2D: [
    needed('kernel_size'),
    strides,
    padding,
    quiet('dilation_rate', [1, 1]),
    spelt('depth_multiplier', 1),
    useBias,
    activation,
    channelsLast,
  ],
  SeparableConv2D: [
    needed('filters'),
    needed('kernel_size'),
    strides,
    padding,
    quiet('dilation_rate', [1, 1]),
    spelt('depth_multiplier', 1),
    useBias,
    activation,
    channelsLast,
  ],
  Conv2DTranspose: [
    needed('filters'),
    needed('kernel_size'),
    strides,
    padding,
    quiet('dilation_rate', [1, 1]),
    quiet('output_padding', null),
    useBias,
    activation,
    channelsLast,
  ],
  Dense: [needed('units'), useBias, activation],
  BatchNormalization: [spelt('axis', -1), spelt('epsilon', 1e-3), spelt('momentum', 0.99), spelt('center', true), spelt('scale', true)],
  Activation: [needed('activation')],
  ReLU: [],
  LeakyReLU: [spelt('alpha', 0.3)],
  ELU: [spelt('alpha', 1)],
  PReLU: [spelt('shared_axes', null)],
  Softmax: [spelt('axis', -1)],
  MaxPooling2D: pooling,
  AveragePooling2D: pooling,
  GlobalMaxPooling2D: globalPooling,
  GlobalAveragePooling2D: globalPooling,
  ZeroPadding2D: [
    spelt('padding', [
      [1, 1],
      [1, 1],
    ]),
    channelsLast,
  ],
  Cropping2D: [needed('cropping'), channelsLast],
  UpSampling2D: [spelt('size', [2, 2]), spelt('interpolation', 'nearest'), channelsLast],
  Add: [],
  Subtract: [],
  Multiply: [],
  Average: [],
  Maximum: [],
  Minimum: [],
  Concatenate: [spelt('axis', -1)],
  Flatten: [quiet('data_format', 'channels_last')],
  Reshape: [needed('target_shape')],
  Permute: [needed('dims')],
  Dropout: [needed('rate')],
  SpatialDropout2D: [needed('rate'), quiet('data_format', 'channels_last')],
  GaussianNoise: [needed('stddev')],
  GaussianDropout: [needed('rate')],
  AlphaDropout: [needed('rate')],
  ActivityRegularization: [spelt('l1', 0), spelt('l2', 0)],
};

export const isSharedType = (type: string): boolean => Object.hasOwn(settings, type);

/** The settings of a layer of Keras, or of a topology, with what it leaves out spelt out as far as a topology does that. */
export function sharedSettings(type: string, layer: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const setting of settings[type] ?? []) {
    const { key } = setting;
    const value = config[key] ?? setting.fallback;
    if (value === undefined) throw unsupported(layer, `its ${type} has no ${key}`, 'Save the network again with all settings.');
    if (setting.quiet !== true || JSON.stringify(value) !== JSON.stringify(setting.fallback)) chosen[key] = value;
  }
  return chosen;
}

/**
 * Interpolating, TF.js takes the value for pixel p of the enlarged side from place p · s of the small one, Keras from (p + ½) · s − ½: by the same name
 * they compute different numbers. Repeating every pixel is the same in both.
 */
export function refuseSmoothUpSampling(layer: string, { interpolation = 'nearest' }: Readonly<Record<string, unknown>>): void {
  if (interpolation === 'nearest') return;
  throw unsupported(
    layer,
    `is an UpSampling2D with interpolation ${JSON.stringify(interpolation)}, which TF.js and Keras compute differently`,
    'Use interpolation "nearest", or a Conv2DTranspose.',
  );
}
