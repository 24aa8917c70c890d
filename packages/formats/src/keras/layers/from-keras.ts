import type { LayerConfig } from '@espalier/core';
import { badArtifact } from '../../faults.ts';
import { unsupported } from '../config/inbound.ts';
import type { KerasLayer, KerasVersion, LayerWeights } from '../model.ts';
import { activationFromKeras } from './activations.ts';
import { channelMargins, selectedChannels } from './channel-tricks.ts';
import { affineLayer, type KnownChannels } from './input-scaling.ts';
import { isSharedType, refuseSmoothUpSampling, sharedSettings } from './settings.ts';

/** A layer of a topology, with its weights in the order in which the graph asks for them. */
export interface TranslatedLayer {
  readonly layer: LayerConfig;
  readonly weights: LayerWeights;
}

export interface Translation {
  readonly version: KerasVersion;
  readonly weightsOf: (layer: string) => LayerWeights;
  readonly channelsOf: KnownChannels;
  /** An input layer with its open sides closed. */
  readonly fixInput: (layer: LayerConfig) => LayerConfig;
  warn(message: string): void;
}

/** Operations without a layer (`keras.ops.relu(x)`) that an activation says as well. */
const activationOperations: ReadonlyMap<string, string> = new Map([
  ['Relu', 'relu'],
  ['Relu6', 'relu6'],
  ['Sigmoid', 'sigmoid'],
  ['Silu', 'swish'],
  ['Tanh', 'tanh'],
]);

/** A layer of Keras as the layer of a topology that computes the same. Throws UNSUPPORTED_LAYER where there is none. */
export function fromKeras(layer: KerasLayer, context: Translation): TranslatedLayer {
  const { type, name, settings, constants = [] } = layer;
  if (constants.length > 0)
    throw unsupported(name, `reads the constant ${JSON.stringify(constants[0]).slice(0, 60)}`, 'Write it as a layer such as Rescaling.');
  const weights = context.weightsOf(name);
  const made = (topologyType: string, config: Record<string, unknown>, own: LayerWeights = weights): TranslatedLayer => ({
    layer: {
      class_name: topologyType,
      name,
      config: { name, trainable: settings['trainable'] ?? true, ...config },
      inbound_nodes: layer.inbound,
    },
    weights: own,
  });
  const shared = (): Record<string, unknown> => sharedSettings(type, name, unwrapped(settings));

  switch (type) {
    case 'InputLayer':
      return { layer: context.fixInput(inputLayer(layer, context)), weights: [] };
    case 'Conv2D': {
      const channels = selection(layer, weights);
      if (channels !== null) return made('ChannelSelection', { channels, trainable: true }, []);
      return made(type, withActivation(shared(), name, context));
    }
    case 'Conv2DTranspose': {
      if (!isOnes(settings['dilation_rate'])) throw unsupported(name, 'is a dilated transposed convolution', 'Use a dilation_rate of 1.');
      return made(type, withActivation(shared(), name, context));
    }
    case 'DepthwiseConv2D':
    case 'SeparableConv2D':
    case 'Dense':
    case 'Activation':
      return made(type, withActivation(shared(), name, context));
    case 'ZeroPadding2D': {
      const margins = channelMargins(settings, 'padding');
      if (margins === null) return made(type, shared());
      return made('ChannelPadding', { before: margins[0], after: margins[1] });
    }
    case 'Cropping2D': {
      const margins = channelMargins(settings, 'cropping');
      if (margins === null) return made(type, shared());
      const end = context.channelsOf(layer) - margins[1];
      return made('ChannelSelection', {
        channels: Array.from({ length: Math.max(end - margins[0], 0) }, (_, place) => margins[0] + place),
      });
    }
    case 'ReLU':
      return rectifier(layer, made);
    case 'LeakyReLU':
      return made(type, { alpha: settings['negative_slope'] ?? settings['alpha'] ?? 0.3 });
    case 'BatchNormalization':
      if (settings['renorm'] === true) throw unsupported(name, 'is a batch renormalisation', 'Train it with renorm=False.');
      return made(type, shared());
    case 'Flatten':
      if (settings['data_format'] === 'channels_first')
        throw unsupported(name, 'flattens channels first', 'Save the model with channels last (NHWC).');
      return made(type, {});
    case 'UpSampling2D':
      refuseSmoothUpSampling(name, settings);
      return made(type, shared());
    case 'UnitNormalization':
      return made('L2Normalization', {}, [unitScale(context.channelsOf(layer))]);
    case 'L2Normalization':
      return made(type, {});
    case 'Rescaling':
    case 'Normalization':
      return affineLayer(layer, weights, context);
    default: {
      const activation = activationOperations.get(type);
      if (activation !== undefined) return made('Activation', { activation });
      // What is not known passes as it is, for the graph to refuse it with its name and the list of what is known.
      return made(type, isSharedType(type) ? shared() : {});
    }
  }
}

/** Keras 2 keeps a single axis in a list. */
function unwrapped(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { axis } = settings;
  return Array.isArray(axis) && axis.length === 1 ? { ...settings, axis: axis[0] } : settings;
}

const withActivation = (settings: Record<string, unknown>, layer: string, { version }: Translation): Record<string, unknown> => ({
  ...settings,
  activation: activationFromKeras(settings['activation'], layer, version),
});

function inputLayer({ name, settings }: KerasLayer, { warn }: Translation): LayerConfig {
  const { dtype } = settings;
  if (typeof dtype === 'string' && dtype !== 'float32') warn(`The input ${name} takes ${dtype} in Keras, and float32 here.`);
  const shape = settings['batch_shape'] ?? settings['batch_input_shape'];
  if (!Array.isArray(shape))
    throw badArtifact(
      'the model was saved before it knew the shape of its input',
      ['layers', name],
      'Build it with keras.Input as its first layer, or call it once, and save it again.',
    );
  return {
    class_name: 'InputLayer',
    name,
    config: { name, trainable: true, batch_input_shape: shape, dtype: 'float32', sparse: false },
    inbound_nodes: [],
  };
}

/** A frozen 1 × 1 convolution whose filters each pick one channel, which is how a selection of channels is written for Keras. */
function selection({ settings }: KerasLayer, [kernel, bias]: LayerWeights): readonly number[] | null {
  const isFrozen = settings['trainable'] === false && settings['use_bias'] === false && settings['activation'] === 'linear';
  if (!isFrozen || kernel === undefined || bias !== undefined || (settings['groups'] ?? 1) !== 1 || !isOnes(settings['strides']))
    return null;
  const [height, width, inputs, outputs] = kernel.shape;
  return height === 1 && width === 1 ? selectedChannels(kernel.values, inputs!, outputs!) : null;
}

const isOnes = (value: unknown): boolean => value === undefined || value === 1 || JSON.stringify(value) === '[1,1]';

/** ReLU with a ceiling, a slope below zero, or a threshold: those of them that a topology says. */
function rectifier(
  { name, settings }: KerasLayer,
  made: (type: string, config: Record<string, unknown>) => TranslatedLayer,
): TranslatedLayer {
  const ceiling = settings['max_value'] ?? null;
  const slope = settings['negative_slope'] ?? 0;
  const threshold = settings['threshold'] ?? 0;
  if (threshold === 0 && slope === 0 && ceiling === null) return made('ReLU', {});
  if (threshold === 0 && slope === 0 && ceiling === 6) return made('Activation', { activation: 'relu6' });
  if (threshold === 0 && ceiling === null) return made('LeakyReLU', { alpha: slope });
  if (slope === 0 && ceiling === null) return made('ThresholdedReLU', { theta: threshold });
  throw unsupported(
    name,
    `is a ReLU with max_value ${String(ceiling)}, negative_slope ${String(slope)} and threshold ${String(threshold)}`,
    'Use a plain ReLU, one with max_value 6, or a LeakyReLU.',
  );
}

const unitScale = (channels: number) => ({ shape: [channels], values: new Float32Array(channels).fill(1) });
