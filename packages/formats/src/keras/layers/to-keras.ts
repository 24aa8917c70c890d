import type { InboundTensor, LayerConfig, Weight } from '@espalier/core';
import { unsupported } from '../config/inbound.ts';
import type { KerasLayer, KerasVersion, KerasWeight, LayerWeights } from '../model.ts';
import { activationToKeras } from './activations.ts';
import { alongChannels, runOf, selectionKernel } from './channel-tricks.ts';
import { isSharedType, refuseSmoothUpSampling, sharedSettings } from './settings.ts';

/** A layer of Keras with its variables. */
export interface WrittenLayer {
  readonly layer: KerasLayer;
  readonly weights: LayerWeights;
  /** What it gives out, without the batch. */
  readonly outputShape: readonly number[];
}

/** What is written for one layer of a topology; what reads it reads the last of these. */
export interface Source {
  readonly layer: LayerConfig;
  /** The shape that its first call reads, without the batch; null for an input. */
  readonly inputShape: readonly number[] | null;
  /** The shape that it gives out. */
  readonly outputShape: readonly number[];
  /** In the order of the graph. */
  readonly weights: readonly Weight[];
  /** For which Keras it is written; what is written for 2 means the same in 3. */
  readonly version: KerasVersion;
}

/**
 * A layer of a topology as layers that Keras has itself, so that whoever opens the file needs nothing of ours. Throws UNSUPPORTED_LAYER where
 * Keras has nothing that computes the same.
 */
export function toKeras({ layer, inputShape, outputShape, weights, version }: Source): WrittenLayer[] {
  const { class_name: type, name, config, inbound_nodes: inbound } = layer;
  // Keras takes a layer for trainable unless told otherwise, and some of its layers may not be told.
  const frozen = config['trainable'] === false && type !== 'SpatialDropout2D' ? { trainable: false } : {};
  const settings = (own: Record<string, unknown>) => ({ name, ...frozen, ...own });
  const one = (kerasType: string, own: Record<string, unknown>, variables: LayerWeights = weights): WrittenLayer[] => [
    { layer: { type: kerasType, name, settings: settings(own), inbound, isOperation: false }, weights: variables, outputShape },
  ];

  switch (type) {
    case 'InputLayer': {
      const own = { name, batch_shape: config['batch_input_shape'] ?? config['batch_shape'], dtype: 'float32', sparse: false };
      return [{ layer: { type, name, settings: own, inbound, isOperation: false }, weights: [], outputShape }];
    }
    case 'Conv2D':
    case 'DepthwiseConv2D':
    case 'SeparableConv2D':
    case 'Conv2DTranspose':
    case 'Dense':
    case 'Activation': {
      const shared = sharedSettings(type, name, config);
      return one(type, { ...shared, activation: activationToKeras(shared['activation'], name, version) });
    }
    case 'UpSampling2D':
      refuseSmoothUpSampling(name, config);
      return one(type, sharedSettings(type, name, config));
    case 'ReLU':
      return one('ReLU', { max_value: config['max_value'] ?? null });
    case 'LeakyReLU':
      return one('LeakyReLU', { negative_slope: config['alpha'] ?? 0.3 });
    case 'ThresholdedReLU':
      return one('ReLU', { threshold: config['theta'] ?? 1 });
    case 'ChannelPadding': {
      const { margins, data_format } = alongChannels(Number(config['before']), Number(config['after']));
      return one('ZeroPadding2D', { padding: onMap(layer, inputShape, margins), data_format });
    }
    case 'ChannelSelection':
      return one(...selection(layer, inputShape));
    case 'L2Normalization':
      return scaledNorm(layer, outputShape, weights);
    default:
      if (!isSharedType(type)) throw unsupported(name, `Keras has no ${type}`, 'Write the network as TF.js or ONNX.');
      return one(type, sharedSettings(type, name, config));
  }
}

/** Keras pads, crops and convolves feature maps; its layers for vectors are others. */
function onMap<T>(layer: LayerConfig, shape: readonly number[] | null, value: T): T {
  if (shape?.length === 3) return value;
  throw unsupported(layer.name, `Keras has no ${layer.class_name} of a vector`, 'Put it before the network is flattened, or write ONNX.');
}

function selection(layer: LayerConfig, shape: readonly number[] | null): [string, Record<string, unknown>, LayerWeights] {
  const channels = layer.config['channels'] as readonly number[];
  const [, , inputs] = onMap(layer, shape, shape!);
  const run = runOf(channels);
  if (run !== null) {
    const { margins, data_format } = alongChannels(run[0], inputs! - 1 - run[1]);
    return ['Cropping2D', { cropping: margins, data_format }, []];
  }
  const settings = {
    ...sharedSettings('Conv2D', layer.name, { filters: channels.length, kernel_size: [1, 1], use_bias: false }),
    // Frozen, or training would turn it into a convolution.
    trainable: false,
  };
  return ['Conv2D', settings, [{ shape: [1, 1, inputs!, channels.length], values: selectionKernel(inputs!, channels) }]];
}

/** x / ‖x‖₂ is UnitNormalization; the learnt scale of each channel is a 1 × 1 depthwise convolution behind it. */
function scaledNorm(layer: LayerConfig, outputShape: readonly number[], [scale]: readonly Weight[]): WrittenLayer[] {
  const { name, config, inbound_nodes: inbound } = layer;
  const unit = unitName(name);
  const kernel: KerasWeight = { shape: [1, 1, scale!.shape[0]!, 1], values: scale!.values };
  const depthwise = sharedSettings('DepthwiseConv2D', name, { kernel_size: [1, 1], use_bias: false });
  return [
    {
      layer: { type: 'UnitNormalization', name: unit, settings: { name: unit, axis: -1 }, inbound, isOperation: false },
      weights: [],
      outputShape,
    },
    {
      layer: {
        type: 'DepthwiseConv2D',
        name,
        settings: { name, ...(config['trainable'] === false && { trainable: false }), ...depthwise },
        inbound: inbound.map((_, call): InboundTensor[] => [[unit, call, 0, {}]]),
        isOperation: false,
      },
      weights: [kernel],
      outputShape,
    },
  ];
}

/** The name of the layer that `scaledNorm` puts before the layer `name`; by it the two are known again. */
export const unitName = (name: string): string => `${name}_unit`;
