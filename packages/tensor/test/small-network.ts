import { createGenerator, type LayerConfig, type NetworkData, type Topology, type Weight } from '@espalier/core';
import { tf } from '../src/index.ts';

/**
 * A small residual network on 8×8×3 images: conv – BN – ReLU, a stride-2 block with the parameter-free shortcut, global pooling, dense.
 * Every kind of layer that a CIFAR ResNet has, in 12 layers.
 */
export function smallNetwork(seed = 1): NetworkData {
  const layers: LayerConfig[] = [
    layer('InputLayer', 'input', { batch_input_shape: [null, 8, 8, 3], dtype: 'float32' }, []),
    convolution('conv_1', 8, 1, 'input'),
    layer('BatchNormalization', 'bn_1', { momentum: 0.9, epsilon: 1e-5 }, ['conv_1']),
    layer('ReLU', 'relu_1', {}, ['bn_1']),
    convolution('conv_2', 16, 2, 'relu_1'),
    layer('BatchNormalization', 'bn_2', { momentum: 0.9, epsilon: 1e-5 }, ['conv_2']),
    layer('AveragePooling2D', 'subsample', { pool_size: [1, 1], strides: [2, 2], padding: 'valid', data_format: 'channels_last' }, [
      'relu_1',
    ]),
    layer('ChannelPadding', 'pad_channels', { before: 4, after: 4 }, ['subsample']),
    layer('Add', 'add', {}, ['bn_2', 'pad_channels']),
    layer('ReLU', 'relu_2', {}, ['add']),
    layer('GlobalAveragePooling2D', 'pool', { data_format: 'channels_last' }, ['relu_2']),
    layer('Dense', 'logits', { units: 5, activation: 'linear', use_bias: true }, ['pool']),
  ];
  const topology: Topology = {
    class_name: 'Model',
    config: { name: 'small', layers, input_layers: [['input', 0, 0]], output_layers: [['logits', 0, 0]] },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
  const generator = createGenerator(seed, 'init');
  const drawn = (name: string, shape: number[], scale: number): Weight => ({
    name,
    shape,
    values: Float32Array.from({ length: shape.reduce((size, side) => size * side, 1) }, () => generator.normal() * scale),
  });
  const filled = (name: string, channels: number, value: number): Weight => ({
    name,
    shape: [channels],
    values: new Float32Array(channels).fill(value),
  });
  const statistics = (name: string, channels: number) => [
    filled(`${name}/moving_mean`, channels, 0),
    filled(`${name}/moving_variance`, channels, 1),
  ];
  return {
    topology,
    weights: [
      drawn('conv_1/kernel', [3, 3, 3, 8], 0.3),
      filled('bn_1/gamma', 8, 1),
      filled('bn_1/beta', 8, 0),
      drawn('conv_2/kernel', [3, 3, 8, 16], 0.2),
      filled('bn_2/gamma', 16, 1),
      filled('bn_2/beta', 16, 0),
      drawn('logits/kernel', [16, 5], 0.3),
      filled('logits/bias', 5, 0),
      ...statistics('bn_1', 8),
      ...statistics('bn_2', 16),
    ],
  };
}

function layer(className: string, name: string, config: Record<string, unknown>, inputs: string[]): LayerConfig {
  const inbound_nodes = inputs.length === 0 ? [] : [inputs.map((input): [string, number, number] => [input, 0, 0])];
  return { class_name: className, name, config: { name, ...config }, inbound_nodes };
}

function convolution(name: string, filters: number, stride: number, input: string): LayerConfig {
  const geometry = { filters, kernel_size: [3, 3], strides: [stride, stride], padding: 'same', use_bias: false };
  return layer('Conv2D', name, { ...geometry, data_format: 'channels_last', kernel_initializer: 'zeros' }, [input]);
}

/** A reproducible float32 tensor of normal numbers. */
export function normalTensor(seed: number, shape: number[]): tf.Tensor {
  const generator = createGenerator(seed, 'test tensor');
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => generator.normal()),
    shape,
  );
}

/** A batch of images [N, 8, 8, 3] and one-hot labels [N, 5]. */
export function smallBatch(seed: number, size: number): { images: tf.Tensor4D; labels: tf.Tensor2D } {
  const generator = createGenerator(seed, 'labels');
  const labels = new Float32Array(size * 5);
  for (let example = 0; example < size; example++) labels[example * 5 + generator.integer(5)] = 1;
  return { images: normalTensor(seed, [size, 8, 8, 3]) as tf.Tensor4D, labels: tf.tensor2d(labels, [size, 5]) };
}

/** The largest |a − b|. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values were compared with ${b.length}`);
  let largest = 0;
  for (let index = 0; index < a.length; index++) largest = Math.max(largest, Math.abs(a[index]! - b[index]!));
  return largest;
}
